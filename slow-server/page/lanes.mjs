// Draws the lanes: each run from its own first request on, all on one time axis. A run of
// few requests has a bar for each; a larger one has the curve of how many waited.

/** How far a request is: the place of its last event, as the server counts them. */
const QUEUED = 0;
const WAITING = 1;
const ANSWERED = 2;

const THICKEST = 26;
const PAD = 4;

/**
 * The row of each request, so that none overlaps another: the first that is free when it
 * arrives. As many rows as there were requests under way at once.
 */
export function rowsOf(requests, now) {
  const freeFrom = [];
  const rows = requests.map(([, arrived, , until, state]) => {
    const end = state > WAITING ? until : Math.max(now, arrived + 1);
    let row = freeFrom.findIndex((free) => free <= arrived);
    if (row < 0) row = freeFrom.length;
    freeFrom[row] = end;
    return row;
  });
  return { rows, count: freeFrom.length };
}

/** The end of the axis: enough for `longest`, and seldom another one while that grows. */
export function endOfAxis(longest, delay) {
  const step = delay > 0 ? delay : 1000;
  const needed = Math.max(longest / step, 1) * 1.02;
  let size = 1;
  while (needed > size * 10) size *= 10;
  const round = [1.25, 1.5, 2, 3, 4, 5, 6, 8, 10].find((number) => needed <= number * size);
  return round * size * step;
}

/** Where the lines of the grid are: at each delay, or where these are too close, fewer. */
export function ticks(end, delay, most) {
  const step = delay > 0 ? delay : 1000;
  let every = step;
  for (let size = 1; end / every > most; size *= 10) {
    const round = [1, 2, 5].find((number) => end / (step * size * number) <= most);
    every = step * size * (round ?? 10);
  }
  const places = [];
  for (let at = 0; at <= end * 1.0001; at += every) places.push(at);
  return places;
}

/** Makes the canvas as fine as the screen, and empty. */
export function prepare(canvas) {
  const scale = globalThis.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [fineWidth, fineHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== fineWidth || canvas.height !== fineHeight) {
    canvas.width = fineWidth;
    canvas.height = fineHeight;
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/**
 * Draws a run. `view` has `end` and `grid` of the axis, `now` (milliseconds since the run
 * began), `colours`, `font`, and where they are known `ideal` and `guess`.
 */
export function drawLane(canvas, run, view) {
  const { pen, width, height } = prepare(canvas);
  const x = (ms) => (ms / view.end) * (width - 2 * PAD) + PAD;
  drawGrid(pen, x, height, view);
  const rows = run.requests
    ? drawBars(pen, x, height, run.requests, view)
    : drawCurve(pen, x, width, height, run, view);
  mark(pen, x, height, view.ideal, view.colours.text, [], 'top');
  mark(pen, x, height, view.guess, view.colours.guess, [7, 5], 'bottom');
  canvas.dataset.rows = rows;
}

/** Draws the times under the lanes. */
export function drawAxis(canvas, view) {
  const { pen, width, height } = prepare(canvas);
  pen.fillStyle = view.colours.quiet;
  pen.font = view.font;
  pen.textBaseline = 'middle';
  let free = -Infinity;
  for (const at of view.grid) {
    const label = view.seconds(at);
    const half = pen.measureText(label).width / 2;
    const middle = (at / view.end) * (width - 2 * PAD) + PAD;
    const left = Math.min(Math.max(middle - half, 0), width - 2 * half);
    if (left < free) continue;
    free = left + 2 * half + 16;
    pen.fillText(label, left, height / 2);
  }
}

function drawGrid(pen, x, height, { grid, colours }) {
  pen.strokeStyle = colours.edge;
  pen.globalAlpha = 0.35;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const at of grid) {
    const where = Math.round(x(at)) + 0.5;
    pen.moveTo(where, 0);
    pen.lineTo(where, height);
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

function drawBars(pen, x, height, requests, { now, colours }) {
  const { rows, count } = rowsOf(requests, now);
  const pitch = (height - 2 * PAD) / Math.max(count, 1);
  const thick = Math.max(Math.min(pitch > 4 ? pitch - 2 : pitch * 0.8, THICKEST), 0.8);
  const top = (row) => PAD + row * pitch + (pitch - thick) / 2;
  requests.forEach(([, arrived, started, until, state], index) => {
    const y = top(rows[index]);
    const end = state > WAITING ? until : now;
    const begin = started ?? end;
    if (begin > arrived) hatch(pen, x(arrived), y, x(begin) - x(arrived), thick, 90, colours.queued);
    if (state === QUEUED || started === null) return;
    const [left, length] = [x(begin), Math.max(x(end) - x(begin) - (pitch > 4 ? 1.5 : 0.5), 1)];
    if (state === WAITING) {
      // What is still to come, up to when the answer is due.
      pen.fillStyle = colours.waiting;
      pen.globalAlpha = 0.22;
      if (until > end) pen.fillRect(left, y, x(until) - left, thick);
      pen.globalAlpha = 1;
      pen.fillRect(left, y, length, thick);
    } else if (state === ANSWERED) {
      pen.fillStyle = colours.answered;
      pen.globalAlpha = 0.45;
      pen.fillRect(left, y, length, thick);
      pen.globalAlpha = 1;
      // The answer itself, so that a wave has an edge that is seen from afar.
      pen.fillRect(left + Math.max(length - 3, 0), y, Math.min(3, length), thick);
      if (thick > 6) {
        pen.strokeStyle = colours.answered;
        pen.lineWidth = 1;
        pen.strokeRect(left + 0.5, y + 0.5, Math.max(length - 1, 0), thick - 1);
      }
    } else {
      hatch(pen, left, y, length, thick, 45, colours.failed);
    }
  });
  return count;
}

function drawCurve(pen, x, width, height, run, { now, colours, font }) {
  const { step_ms: step, in_flight: inFlight, waiting } = run.curve;
  const isOver = run.in_flight + run.queued === 0;
  const end = isOver ? run.last_ms - run.began_ms : now;
  const levels = inFlight.map((served, index) => ({
    from: index * step,
    to: Math.min((index + 1) * step, end),
    served,
    all: waiting[index],
  }));
  // Until now all is as it was at the last change.
  const written = inFlight.length * step;
  if (end > written) {
    const { in_flight: served } = run;
    levels.push({ from: written, to: end, served, all: served + run.queued });
  }
  const most = Math.max(...levels.map(({ all }) => all), 1);
  const y = (number) => height - PAD - (number / most) * (height - 2 * PAD - 4);
  const area = (name, colour, alpha) => {
    pen.beginPath();
    pen.moveTo(x(0), y(0));
    for (const level of levels) {
      pen.lineTo(x(level.from), y(level[name]));
      pen.lineTo(x(level.to), y(level[name]));
    }
    pen.lineTo(x(end), y(0));
    pen.globalAlpha = alpha;
    pen.fillStyle = colour;
    pen.fill();
    pen.globalAlpha = 1;
  };
  area('all', colours.queued, 0.4);
  area('served', isOver ? colours.answered : colours.waiting, isOver ? 0.55 : 1);
  pen.fillStyle = colours.text;
  pen.font = font;
  pen.textBaseline = 'top';
  const label = `▲ ${most.toLocaleString()}`;
  const fits = pen.measureText(label).width + x(end) + 10 <= width;
  pen.fillText(label, fits ? x(end) + 10 : x(0) + 8, PAD + 2);
  return run.peak_in_flight;
}

/** Stripes, which are told from a solid bar without colour. */
function hatch(pen, left, top, width, height, angle, colour) {
  if (width <= 0) return;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.beginPath();
  const lean = angle === 45 ? height : 0;
  // Stripes stay where they are while a bar grows.
  for (let at = left - lean; at < left + width; at += 6) {
    pen.moveTo(at + 1, top + height);
    pen.lineTo(at + 1 + lean, top);
  }
  pen.stroke();
  pen.lineWidth = 1;
  pen.strokeRect(left + 0.5, top + 0.5, Math.max(width - 1, 0), Math.max(height - 1, 0));
  pen.restore();
}

/** A line across the lane, with a triangle at one end of it. */
function mark(pen, x, height, at, colour, dashes, end) {
  if (at === null || at === undefined) return;
  const where = x(at);
  const [base, tip] = end === 'top' ? [0, 9] : [height, height - 9];
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = 2;
  pen.setLineDash(dashes);
  pen.beginPath();
  pen.moveTo(where, 0);
  pen.lineTo(where, height);
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(where - 7, base);
  pen.lineTo(where + 7, base);
  pen.lineTo(where, tip);
  pen.fill();
}
