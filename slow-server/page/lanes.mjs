// The lanes: one for each run, with what it is and its picture.

import { guessFor } from './guess.mjs';
import { drawLane, endOfAxis } from './lane-canvas.mjs';
import { age, due, factsOf, idealOf, inFlight, isOver, nameOf, runOf } from './runs.mjs';
import { drawAxis, ticks } from './shared/draw.mjs';
import { $, formatted, make, recall, remember, seconds, setText, words } from './shared/page.mjs';

const MOST_LANES = 8;
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
  const shown = wanted
    .toSorted((a, b) => (inFlight(b) > 0) - (inFlight(a) > 0) || b.id - a.id)
    .slice(0, MOST_LANES)
    .toSorted((a, b) => a.id - b.id);
  const rest = wanted.filter((run) => !shown.includes(run));
  $('empty').hidden = shown.length > 0;
  $('axis').hidden = shown.length === 0;
  $('more').hidden = rest.length === 0;
  const together = rest.reduce((sum, run) => sum + inFlight(run), 0);
  setText($('more'), words.more(formatted(rest.length), formatted(together)));

  const keys = shown.map((run) => `${server}:${run.id}`);
  place(keys);
  const axis = axisOf(shown, settings.delay_ms || 1000);
  shown.forEach((run, i) => showLane(lanes.get(keys[i]), run, axis, paint));
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
  $('lanes').style.setProperty('--lanes', items.length);
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
  const main = make('p', { className: 'main', children: [lane.number, ' ', lane.beside] });
  const who = make('div', { className: 'who', children: [lane.name, main, lane.facts] });
  const box = make('div', { className: 'drawn', children: [lane.canvas] });
  lane.item = make('li', { className: 'lane', children: [who, box] });
  return lane;
}

function showLane(lane, run, axis, paint) {
  const over = isOver(run);
  const [number, beside] = over
    ? words.laneOver(seconds(age(run), 2, 2), idealOf(run))
    : words.laneInFlight(formatted(inFlight(run)), seconds(age(run), 1, 1));
  const facts = factsOf(run);
  setText(lane.client, nameOf(run));
  lane.name.title = run.client ?? '';
  setText(lane.run, runOf(run));
  setText(lane.number, number);
  setText(lane.beside, beside);
  setText(lane.facts, facts);
  lane.item.classList.toggle('waits', !over);

  const label = words.laneLabel(`${nameOf(run)} ${runOf(run)}`.trim(), facts);
  if (lane.canvas.ariaLabel !== label) lane.canvas.ariaLabel = label;
  const marks = { ideal: over ? run.ideal_ms : null, guess: guessFor(run) };
  drawLane(lane.canvas, run, axis, paint, marks);
}
