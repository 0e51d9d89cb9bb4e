// The lanes: one for each run, with what it is and its picture. Where there are many, as in a
// class, each is one line, under columns that stay in sight.

import { guessFor } from './guess.mjs';
import { drawLane, endOfAxis } from './lane-canvas.mjs';
import { age, answeredOf, due, factsOf, idealOf, inFlight, isOver, nameOf, runOf } from './runs.mjs';
import { drawAxis, ticks } from './shared/draw.mjs';
import { $, formatted, make, recall, remember, seconds, setText, words } from './shared/page.mjs';

// With more than these, each is one line.
const MOST_TALL = 8;
const PAD = 4;

// By server and run.
const lanes = new Map();
// Up to which run they were cleared, by server.
let cleared = recall('sessionStorage', 'hidden') ?? {};

/** Takes the lanes of all runs away that are over. */
export function clearLanes({ server, runs }) {
  cleared = { [server]: Math.max(0, ...runs.map((run) => run.id)) };
  remember('sessionStorage', 'hidden', cleared);
}

export function showLanes({ server, runs, settings }, paint) {
  const wanted = runs.filter((run) => run.id > (cleared[server] ?? 0) || inFlight(run) > 0);
  const isCompact = wanted.length > MOST_TALL;
  // Of many the newest come first, which are those that run now: the others may be off the screen.
  const shown = wanted.toSorted((a, b) => (isCompact ? b.id - a.id : a.id - b.id));
  $('picture').classList.toggle('compact', isCompact);
  $('columns').hidden = !isCompact;
  $('empty').hidden = shown.length > 0;
  $('axis').hidden = shown.length === 0;

  const keys = shown.map((run) => `${server}:${run.id}`);
  place(keys);
  const axis = axisOf(shown, settings.delay_ms || 1000);
  shown.forEach((run, i) => showLane(lanes.get(keys[i]), run, { isCompact, axis, paint }));
  if (shown.length > 0) drawAxis($('axis'), axis, paint);
}

/** The time axis of all lanes, each run from its own first request on. */
function axisOf(shown, unit) {
  const longest = shown.map((run) =>
    Math.max(age(run), inFlight(run) > 0 ? due(run) : 0, guessFor(run) ?? 0),
  );
  const end = endOfAxis(Math.max(0, ...longest), unit);
  const width = $('axis').clientWidth - 2 * PAD;
  return { grid: ticks(end, unit, 12), x: (ms) => (ms / end) * width + PAD, label: (ms) => seconds(ms) };
}

/** One element for each lane, in their order. */
function place(keys) {
  for (const key of lanes.keys()) if (!keys.includes(key)) lanes.delete(key);
  for (const key of keys) if (!lanes.has(key)) lanes.set(key, newLane());
  const items = keys.map((key) => lanes.get(key).item);
  const there = $('lanes').children;
  if (items.length === there.length && items.every((item, i) => item === there[i])) return;
  $('picture').style.setProperty('--lanes', items.length);
  $('lanes').replaceChildren(...items);
}

function newLane() {
  const lane = {
    client: document.createTextNode(''),
    run: make('span', { className: 'run' }),
    number: make('b'),
    beside: document.createTextNode(''),
    facts: make('p', { className: 'facts' }),
    canvas: make('canvas', { role: 'img' }),
  };
  lane.name = make('h3', { className: 'client', children: [lane.client, lane.run] });
  const beside = make('span', { className: 'beside', children: [lane.beside] });
  const main = make('p', { className: 'main', children: [lane.number, ' ', beside] });
  const who = make('div', { className: 'who', children: [lane.name, main, lane.facts] });
  const box = make('div', { className: 'drawn', children: [lane.canvas] });
  lane.item = make('li', { className: 'lane', children: [who, box] });
  return lane;
}

/** Its time and its ideal in two columns; without these, while it runs, how many are in flight. */
function figuresOf(run, isCompact) {
  const time = isOver(run) ? seconds(age(run), 2, 2) : seconds(age(run), 1, 1);
  if (isCompact) return [time, idealOf(run)];
  return isOver(run)
    ? words.laneOver(time, idealOf(run))
    : words.laneInFlight(formatted(inFlight(run)), time);
}

function showLane(lane, run, { isCompact, axis, paint }) {
  const over = isOver(run);
  const [number, beside] = figuresOf(run, isCompact);
  const facts = factsOf(run);
  setText(lane.client, nameOf(run));
  lane.name.title = run.client ?? '';
  setText(lane.run, runOf(run));
  setText(lane.number, number);
  setText(lane.beside, beside);
  setText(lane.facts, isCompact ? answeredOf(run) : facts);
  lane.item.classList.toggle('waits', !over);

  const label = words.laneLabel(`${nameOf(run)} ${runOf(run)}`.trim(), facts);
  if (lane.canvas.ariaLabel !== label) lane.canvas.ariaLabel = label;
  const marks = { ideal: over ? run.ideal_ms : null, guess: guessFor(run) };
  drawLane(lane.canvas, run, axis, paint, marks);
}
