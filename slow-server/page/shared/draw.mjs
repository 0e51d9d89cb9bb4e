// What the canvases of both pages are drawn with: colours and hatches of the states, a time
// axis with its grid, marks, and the legend.

import { make, words } from './page.mjs';

const COLOURS = [
  'waiting', 'queued', 'client-and-network', 'failed', 'answered', 'ideal', 'guess', 'chosen',
  'text', 'quiet', 'ground', 'edge', 'accent',
];
// Lines through a tile, so that the states are told apart without colour. Waiting is solid.
const TILE = 6;
const HATCHES = {
  queued: 'M1 0V6',
  'client-and-network': 'M0 1H6',
  failed: 'M-7 7L1 -1M-1 7L7 -1M5 7L13 -1',
  answered: '',
};

/** The theme as it is now: `paint.waiting` is the colour, `paint.fills.waiting` the hatch. */
export function readPaint() {
  // Only a used colour is resolved to what a canvas understands.
  const probe = make('span');
  document.body.append(probe);
  const paint = {};
  for (const name of COLOURS) {
    probe.style.color = `var(--${name})`;
    paint[name] = getComputedStyle(probe).color;
  }
  const { fontSize, fontFamily } = getComputedStyle(document.body);
  probe.remove();
  paint.family = fontFamily;
  paint.font = `${fontSize} ${fontFamily}`;
  const hatched = Object.keys(HATCHES).map((state) => [state, hatch(state, paint[state])]);
  paint.fills = { waiting: paint.waiting, ...Object.fromEntries(hatched) };
  return paint;
}

const pixelRatio = () => globalThis.devicePixelRatio || 1;

function hatch(state, colour) {
  const scale = pixelRatio();
  const tile = make('canvas');
  tile.width = tile.height = TILE * scale;
  const pen = tile.getContext('2d');
  pen.scale(scale, scale);
  pen.fillStyle = pen.strokeStyle = colour;
  pen.globalAlpha = HATCHES[state] ? 0.25 : 0.45;
  pen.fillRect(0, 0, TILE, TILE);
  pen.globalAlpha = 1;
  pen.lineWidth = 2;
  pen.stroke(new Path2D(HATCHES[state]));
  const pattern = pen.createPattern(tile, 'repeat');
  // The tile has the pixels of the device already.
  pattern.setTransform(new DOMMatrix().scale(1 / scale));
  return pattern;
}

/** Makes the canvas as fine as the screen, and empty. */
export function prepare(canvas) {
  const scale = pixelRatio();
  const { clientWidth: width, clientHeight: height } = canvas;
  // A page that is being made or closed has no width at all.
  const [fineWidth, fineHeight] = [width, height].map((size) => Math.max(1, Math.round(size * scale)));
  if (canvas.width !== fineWidth) canvas.width = fineWidth;
  if (canvas.height !== fineHeight) canvas.height = fineHeight;
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height, scale };
}

/** Moments for a grid: multiples of the unit by 1, 2, 5, 10 and so on, few enough. */
export function ticks(end, unit, most) {
  let step = unit;
  for (let size = 1; end / step > most; size *= 10) {
    step = unit * size * ([1, 2, 5].find((factor) => end / (unit * size * factor) <= most) ?? 10);
  }
  return Array.from({ length: Math.floor((end / step) * 1.0001) + 1 }, (_, i) => i * step);
}

/** A line at each moment of the grid. */
export function drawGrid(pen, height, { grid, x }, paint) {
  pen.fillStyle = paint.edge;
  pen.globalAlpha = 0.35;
  for (const moment of grid) pen.fillRect(Math.round(x(moment)), 0, 1, height);
  pen.globalAlpha = 1;
}

/** The times of the grid, as many as there is room for. */
export function drawAxis(canvas, { grid, x, label }, paint) {
  const { pen, width, height } = prepare(canvas);
  pen.fillStyle = paint.quiet;
  pen.font = paint.font;
  pen.textBaseline = 'middle';
  let free = -Infinity;
  for (const moment of grid) {
    const text = label(moment);
    const { width: wide } = pen.measureText(text);
    const left = Math.min(Math.max(x(moment) - wide / 2, 0), width - wide);
    if (left < free) continue;
    free = left + wide + 16;
    pen.fillText(text, left, height / 2);
  }
}

/** Across the picture: a line with a triangle at the top where it is ideal, a dashed one with
 * a triangle at the bottom where it is a guess. */
export function drawMark(pen, x, height, name, paint) {
  const [base, tip, dashes] = name === 'ideal' ? [0, 9, []] : [height, height - 9, [7, 5]];
  pen.strokeStyle = pen.fillStyle = paint[name];
  pen.lineWidth = 2;
  pen.setLineDash(dashes);
  pen.beginPath();
  pen.moveTo(x, 0);
  pen.lineTo(x, height);
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(x - 7, base);
  pen.lineTo(x + 7, base);
  pen.lineTo(x, tip);
  pen.fill();
}

/** A swatch and a word for each of the names: states, `ideal`, `chosen`. */
export function showLegend(list, names, paint) {
  const swatches = names.map((name) => {
    const canvas = make('canvas', { ariaHidden: 'true' });
    return [name, canvas, make('li', { children: [canvas, words[name]] })];
  });
  list.replaceChildren(...swatches.map(([, , item]) => item));
  for (const [name, canvas] of swatches) {
    const { pen, width, height } = prepare(canvas);
    if (name === 'ideal') {
      drawMark(pen, width / 2, height, name, paint);
      continue;
    }
    pen.fillStyle = paint.fills[name] ?? paint[name];
    pen.fillRect(0, 0, width, height);
    pen.lineWidth = 2;
    pen.strokeStyle = name === 'chosen' ? paint.text : paint[name];
    pen.strokeRect(1, 1, width - 2, height - 2);
  }
}
