// Draws the picture of one run: a bar for each request, or the curve of how many were in
// flight where there are too many.

import { serverNow } from './feed.mjs';
import { inFlight } from './runs.mjs';
import { drawGrid, drawMark, prepare } from './shared/draw.mjs';

// By how far a request is: the place of its last event, as the server counts them.
const STATES = ['queued', 'waiting', 'answered', 'failed', 'failed', 'failed'];
const hasEnded = (stage) => stage > STATES.indexOf('waiting');

const THICKEST = 26;
const PAD = 4;
// In a lower lane, a label would hide what it is about.
const LOWEST_LABELLED = 40;

/**
 * The row of each request, so that none overlaps another: the first that is free when it
 * arrives. As many rows as there were requests in flight at once.
 */
export function rowsOf(requests, now) {
  const freeFrom = [];
  const rows = requests.map(([, arrived, , until, stage]) => {
    const end = hasEnded(stage) ? until : Math.max(now, arrived + 1);
    let row = freeFrom.findIndex((free) => free <= arrived);
    if (row < 0) row = freeFrom.length;
    freeFrom[row] = end;
    return row;
  });
  return { rows, count: freeFrom.length };
}

/** The end of the axis: enough for `longest`, and seldom another one while that grows. */
export function endOfAxis(longest, step) {
  const needed = Math.max(longest / step, 1) * 1.02;
  let size = 1;
  while (needed > size * 10) size *= 10;
  const round = [1.25, 1.5, 2, 3, 4, 5, 6, 8, 10].find((number) => needed <= number * size);
  return round * size * step;
}

/** Draws a run, with its marks: milliseconds since it began, or null. */
export function drawLane(canvas, run, axis, paint, marks) {
  const { pen, width, height } = prepare(canvas);
  const now = Math.max(serverNow(), run.last_ms) - run.began_ms;
  drawGrid(pen, height, axis, paint);
  const lane = { pen, x: axis.x, width, height, now, paint };
  canvas.dataset.rows = run.requests ? drawBars(lane, run.requests) : drawCurve(lane, run);
  for (const [name, at] of Object.entries(marks)) {
    if (at !== null) drawMark(pen, axis.x(at), height, name, paint);
  }
}

function drawBars({ pen, x, height, now, paint }, requests) {
  const { rows, count } = rowsOf(requests, now);
  const pitch = (height - 2 * PAD) / Math.max(count, 1);
  const thick = Math.max(Math.min(pitch > 4 ? pitch - 2 : pitch * 0.8, THICKEST), 0.8);
  const seam = pitch > 4 ? 1.5 : 0.5;
  const bar = (state, left, top, length) => {
    if (length <= 0) return;
    pen.fillStyle = paint.fills[state];
    pen.fillRect(left, top, length, thick);
    if (thick <= 6) return;
    pen.strokeStyle = paint[state];
    pen.lineWidth = 1;
    pen.strokeRect(left + 0.5, top + 0.5, Math.max(length - 1, 0), thick - 1);
  };
  requests.forEach(([, arrived, started, until, stage], index) => {
    const top = PAD + rows[index] * pitch + (pitch - thick) / 2;
    const end = hasEnded(stage) ? until : now;
    const left = x(started ?? end);
    bar('queued', x(arrived), top, left - x(arrived));
    if (started === null) return;
    const state = STATES[stage];
    const length = Math.max(x(end) - left - seam, 1);
    if (state === 'waiting' && until > end) {
      // What is still to come, up to when the answer is due.
      pen.fillStyle = paint.waiting;
      pen.globalAlpha = 0.22;
      pen.fillRect(left, top, x(until) - left, thick);
      pen.globalAlpha = 1;
    }
    bar(state, left, top, length);
    if (state === 'answered') {
      // The answer itself, so that a wave has an edge that is seen from afar.
      pen.fillStyle = paint.answered;
      pen.fillRect(left + Math.max(length - 3, 0), top, Math.min(3, length), thick);
    }
  });
  return count;
}

function drawCurve({ pen, x, width, height, now, paint }, run) {
  const { step_ms: step, in_flight: served, waiting: all } = run.curve;
  const isOver = inFlight(run) === 0;
  const end = isOver ? run.last_ms - run.began_ms : now;
  const samples = served.map((count, index) => ({
    from: index * step,
    to: Math.min((index + 1) * step, end),
    served: count,
    all: all[index],
  }));
  // Until now all is as it was at the last change.
  const written = served.length * step;
  if (end > written) {
    samples.push({ from: written, to: end, served: run.in_flight, all: inFlight(run) });
  }
  const most = Math.max(...samples.map((sample) => sample.all), 1);
  const y = (count) => height - PAD - (count / most) * (height - 2 * PAD - 4);
  const area = (name, fill) => {
    pen.beginPath();
    pen.moveTo(x(0), y(0));
    for (const sample of samples) {
      pen.lineTo(x(sample.from), y(sample[name]));
      pen.lineTo(x(sample.to), y(sample[name]));
    }
    pen.lineTo(x(end), y(0));
    pen.fillStyle = fill;
    pen.fill();
  };
  area('all', paint.fills.queued);
  area('served', isOver ? paint.fills.answered : paint.fills.waiting);
  if (height < LOWEST_LABELLED) return run.peak_in_flight;
  pen.fillStyle = paint.text;
  pen.font = paint.font;
  pen.textBaseline = 'top';
  const label = `▲ ${most.toLocaleString()}`;
  const fits = pen.measureText(label).width + x(end) + 10 <= width;
  pen.fillText(label, fits ? x(end) + 10 : x(0) + 8, PAD + 2);
  return run.peak_in_flight;
}
