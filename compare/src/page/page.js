// What can be done with the page: play, scrub, choose a request, change theme and language.

const SPEEDS = [0.25, 0.5, 1, 2, 5, 10];
const MOST_ROWS = 200;
const SLICES = 40;

const $ = (id) => document.getElementById(id);

/** An element with text and children; what comes from the data is only ever text. */
function make(name, { text, children = [], ...properties } = {}) {
  const element = Object.assign(document.createElement(name), properties);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

const data = JSON.parse($('data').textContent);
const runs = data.runs.map((run) => new Run({ ...run, requests: data.requests }));
const drawn = runs.filter((run) => run.n);
const still = window.matchMedia('(prefers-reduced-motion: reduce)');
const paper = window.matchMedia('print');
const dark = window.matchMedia('(prefers-color-scheme: dark)');

const endOf = (run) => Math.max(run.ends, run.elapsed_us, run.ideal_us ?? 0, 1);
const whole = Math.max(1, ...drawn.map(endOf));
const state = { until: whole * 1.02, time: whole * 1.02, speed: 1, chosen: null, playing: null, theme: null };
const panels = drawn.map(panelOf);

// The picture of each client, with its figures above it and its table below.

function panelOf(run) {
  const canvas = make('canvas', { tabIndex: 0 });
  canvas.setAttribute('role', 'slider');
  canvas.setAttribute('aria-valuemin', 0);
  canvas.setAttribute('aria-valuemax', run.n - 1);
  const tall = run.rows.length;
  canvas.classList.add(tall <= 2 ? 'low' : tall <= 16 ? 'middle' : 'high');
  const panel = {
    run,
    canvas,
    picture: new Picture(run, canvas),
    measured: make('span', { className: 'measured' }),
    counts: make('span', { className: 'counts' }),
    why: make('p', { className: 'why' }),
    line: make('p', { className: 'line' }),
    summary: make('summary'),
    table: make('div'),
  };
  const heading = make('h3', { text: run.client });
  const said = make('div', { className: 'said', children: [panel.why, panel.line] });
  const head = make('div', { className: 'head', children: [heading, panel.measured, said, panel.counts] });
  panel.details = make('details', { children: [panel.summary, panel.table] });
  panel.element = make('article', { children: [head, canvas, panel.details] });

  panel.details.addEventListener('toggle', () => fillTable(panel));
  canvas.addEventListener('pointermove', (event) => point(panel, event));
  canvas.addEventListener('pointerdown', (event) => point(panel, event));
  canvas.addEventListener('keydown', (event) => press(event));
  canvas.addEventListener('focus', () => {
    if (state.chosen === null && canvas.matches(':focus-visible')) choose(run.order[0] ?? null);
  });
  return panel;
}

function point(panel, event) {
  const box = panel.canvas.getBoundingClientRect();
  const found = panel.picture.at(event.clientX - box.left, event.clientY - box.top);
  if (found !== null) choose(found);
}

function press(event) {
  const last = data.requests - 1;
  const now = state.chosen ?? 0;
  const target = {
    ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1,
    PageUp: now + 10, PageDown: now - 10, Home: 0, End: last, Escape: null,
  }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  choose(target === null ? null : Math.min(Math.max(target, 0), last));
}

// The moment.

function setTime(time) {
  state.time = Math.min(Math.max(time, 0), state.until);
  $('scrubber').value = Math.round((state.time / state.until) * 1000);
  showMoment();
}

let frame = null;
function showMoment() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    drawMoment();
  });
}

function drawMoment() {
  const { time, until, chosen } = state;
  const now = words().momentOf(seconds(Math.min(time, whole)), seconds(Math.min(until, whole)));
  $('moment').textContent = now;
  $('scrubber').setAttribute('aria-valuetext', now);
  for (const { run, picture, counts } of panels) {
    picture.show(time, chosen);
    const { inFlight, inLine, answered, failed } = run.at(time);
    // Without a limit there is no line: what took a while then was a busy machine.
    const hasLine = data.limit !== null && run.lineStarts.length > 0;
    const figures = [words().inFlight(inFlight, hasLine ? inLine : null), words().answered(answered)];
    if (run.failures.length > 0) figures.push(words().failed(failed));
    counts.textContent = figures.join(' · ');
  }
}

function play() {
  if (state.time >= state.until) setTime(0);
  state.playing = { from: performance.now(), time: state.time, shown: 0 };
  requestAnimationFrame(step);
  showPlay();
}

function pause() {
  state.playing = null;
  showPlay();
}

function step(now) {
  if (!state.playing) return;
  const { from, time, shown } = state.playing;
  // Who wants things to keep still sees the figures change four times a second.
  if (!still.matches || now - shown >= 250) {
    state.playing.shown = now;
    setTime(time + Math.max(0, now - from) * 1e3 * state.speed);
  }
  if (state.time >= state.until) pause();
  else requestAnimationFrame(step);
}

function showPlay() {
  const word = state.playing ? 'pause' : 'play';
  $('play').textContent = `${state.playing ? '❚❚' : '▶'} ${words()[word]}`;
}

// One request in all clients.

function choose(request) {
  if (request === state.chosen) return;
  state.chosen = request;
  showChosen();
  showMoment();
}

function showChosen() {
  const { chosen } = state;
  if (document.activeElement !== $('request') || chosen === null) $('request').value = chosen ?? '';
  for (const { run, canvas, line, element } of panels) {
    const text = chosen === null ? words().noRequest : lineOf(run, chosen);
    line.textContent = text;
    element.classList.toggle('chosen', chosen !== null);
    canvas.setAttribute('aria-valuenow', chosen ?? 0);
    canvas.setAttribute('aria-valuetext', text);
  }
  const w = words();
  if (chosen === null) {
    $('request-table').replaceChildren(make('p', { text: w.noRequest }));
    return;
  }
  const columns = [text(w.client), ...requestColumns()];
  const rows = drawn.map((run) => [run.client, ...cellsOf(run, chosen)]);
  $('request-table').replaceChildren(tableOf(`${w.request} ${chosen}`, columns, rows));
}

function lineOf(run, i) {
  const w = words();
  if (run.row[i] < 0) return w.notSent(i);
  return w.requestLine({
    number: i,
    lane: run.laneName(run.row[i]),
    sent: seconds(run.sent[i]),
    end: seconds(run.end[i]),
    took: length(run.end[i] - run.sent[i]),
    ending: run.gotPage(i) ? w.answeredAt : w.endedAt(run.endingName(i)),
  });
}

function cellsOf(run, i) {
  if (run.row[i] < 0) return ['-', '-', '-', '-', '-', '-', '-', words().never];
  const [sent, queued, worked, end] = run.stretches(i);
  const isTold = run.waited[i] >= 0;
  return [
    run.laneName(run.row[i]),
    seconds(sent),
    seconds(end),
    length(end - sent),
    ...(isTold ? [queued - sent, worked - queued, end - worked].map(length) : ['-', '-', '-']),
    run.endingName(i),
  ];
}

// The tables.

const whyOf = (run) => run.why[language.now];

/** The columns of a request's facts, as `cellsOf` fills them. */
function requestColumns() {
  const w = words();
  return [text(w.lane), ...figures(w.sent, w.end, w.took, w.ownShort, w.queuedShort, w.waitedShort), text(w.how)];
}

/** Every request where there are few, else equal parts of the time; made when looked at. */
function fillTable({ run, details, table }) {
  if (!details.open) {
    table.replaceChildren();
    return;
  }
  const w = words();
  if (run.n <= MOST_ROWS) {
    const rows = Array.from({ length: run.n }, (_, i) => [i, ...cellsOf(run, i)]);
    table.replaceChildren(tableOf(w.eachRequest(run.client), [text(w.request), ...requestColumns()], rows));
    return;
  }
  const columns = figures(w.from, w.to, w.sentThen, w.answeredThen, w.failedThen, w.mostThen, w.flightThen);
  const rows = Array.from({ length: SLICES }, (_, slice) => {
    const [from, to] = [slice, slice + 1].map((edge) => (run.ends * edge) / SLICES);
    const [before, after] = [run.at(from), run.at(to)];
    const sent = upTo(run.starts, to) - (slice === 0 ? 0 : upTo(run.starts, from));
    const counts = [sent, after.answered - before.answered, after.failed - before.failed];
    return [seconds(from), seconds(to), ...counts, run.most(from, to), after.inFlight];
  });
  table.replaceChildren(tableOf(w.slices(run.client, SLICES), columns, rows));
}

// Theme, language, size.

const isDark = () => !paper.matches && (state.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';

let colours;
function repaint() {
  colours = paints();
  paintAxis($('axis'), state.until, colours);
  for (const { picture } of panels) picture.paint(state.until, colours);
  for (const swatch of document.querySelectorAll('#legend canvas')) paintSwatch(swatch);
  drawMoment();
}

function paintSwatch(canvas) {
  const { width, height, scale } = fit(canvas);
  const draw = canvas.getContext('2d');
  draw.scale(scale, scale);
  const { part } = canvas.dataset;
  draw.strokeStyle = colours.ink;
  draw.lineWidth = 2;
  if (part === 'ideal') {
    draw.setLineDash([5, 3]);
    draw.moveTo(width / 2, 0);
    draw.lineTo(width / 2, height);
    draw.stroke();
    return;
  }
  draw.fillStyle = part === 'lit' ? colours.lit : fill(part, colours, scale);
  draw.fillRect(0, 0, width, height);
  if (part === 'lit') draw.lineWidth = 4;
  draw.strokeRect(0, 0, width, height);
}

function showTheme() {
  if (state.theme) document.documentElement.dataset.theme = state.theme;
  $('theme').textContent = isDark() ? words().light : words().dark;
  repaint();
}

function showWords() {
  const w = words();
  document.documentElement.lang = language.now === 'zh' ? 'zh-Hans' : 'en';
  document.title = `Three Seconds · ${w.title}`;
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = w[element.dataset.word];
  }
  const delay = data.delay_ms === null ? null : length(data.delay_ms * 1e3);
  const said = [w.conditions({ requests: data.requests, delay, url: data.url })];
  if (data.interrupted) said.push(w.stopped(data.not_run.join(', ')));
  $('conditions').textContent = said.join(' ');
  $('language').textContent = language.now === 'zh' ? 'English' : '中文';
  $('language').lang = language.now === 'zh' ? 'en' : 'zh-Hans';
  $('scrubber').setAttribute('aria-label', w.moment);

  const views = [...drawn].sort((a, b) => endOf(b) - endOf(a));
  $('until').replaceChildren(
    ...views.map((run, i) => {
      const text = (i === 0 ? w.whole : w.part)(run.client, seconds(endOf(run)));
      return make('option', { text, value: endOf(run) * 1.02, selected: endOf(run) * 1.02 === state.until });
    }),
  );
  const parts = ['waiting', 'own'];
  if (drawn.some((run) => run.lineStarts.length > 0)) parts.push('queued');
  if (drawn.some((run) => run.failures.length > 0)) parts.push('broken');
  const swatch = (part, word) => {
    const canvas = make('canvas');
    canvas.dataset.part = part;
    canvas.setAttribute('aria-hidden', 'true');
    return make('li', { children: [canvas, w[word]] });
  };
  $('legend').replaceChildren(
    ...parts.map((part) => swatch(part, part)),
    swatch('ideal', 'idealEnd'),
    swatch('lit', 'lit'),
  );
  for (const panel of panels) {
    const { run } = panel;
    const { overhead_s } = run.values;
    const ideal = run.ideal_us === null ? null : seconds(run.ideal_us);
    const beyond = overhead_s === null ? null : difference(overhead_s);
    panel.measured.textContent = w.measuredBeside(seconds(run.elapsed_us), ideal, beyond);
    panel.why.textContent = whyOf(run);
    panel.why.parentNode.classList.toggle('long', whyOf(run).length > (language.now === 'zh' ? 45 : 70));
    panel.canvas.setAttribute('aria-label', w.pictureOf(run.client, run.n, run.rows.length));
    panel.summary.textContent = w.dataOf(run.client);
    fillTable(panel);
  }
  showPlay();
  $('table').replaceChildren(measuredTable(data));
  showChosen();
}

// All of it, set going.

$('speed').replaceChildren(
  ...SPEEDS.map((speed) => make('option', { text: `${speed}×`, value: speed, selected: speed === 1 })),
);
$('request').max = data.requests - 1;
$('pictures').replaceChildren(
  ...runs.map((run) => {
    const panel = panels.find((candidate) => candidate.run === run);
    return panel?.element ?? make('article', { children: [make('h3', { text: run.client }), make('p', { text: run.problem ?? '' })] });
  }),
);

$('play').addEventListener('click', () => (state.playing ? pause() : play()));
$('speed').addEventListener('change', () => {
  state.speed = Number($('speed').value);
  if (state.playing) play();
});
$('until').addEventListener('change', () => {
  pause();
  state.until = Number($('until').value);
  setTime(state.until);
  repaint();
});
$('scrubber').addEventListener('input', () => {
  if (state.playing) pause();
  state.time = ($('scrubber').valueAsNumber / 1000) * state.until;
  showMoment();
});
$('request').addEventListener('input', () => {
  const number = $('request').valueAsNumber;
  const isOne = Number.isInteger(number) && number >= 0 && number < data.requests;
  choose(isOne ? number : null);
});
$('clear').addEventListener('click', () => choose(null));
$('theme').addEventListener('click', () => {
  state.theme = isDark() ? 'light' : 'dark';
  showTheme();
});
$('language').addEventListener('click', () => {
  language.now = language.now === 'zh' ? 'en' : 'zh';
  showWords();
  showTheme();
});
dark.addEventListener('change', showTheme);
paper.addEventListener('change', () => {
  // Paper keeps no moment: it gets the whole picture.
  if (paper.matches) {
    pause();
    setTime(state.until);
  }
  showTheme();
});

showWords();
showTheme();
// Only a new width makes other pictures: their heights are of the style sheet.
const widthNow = () => document.body.clientWidth * (window.devicePixelRatio || 1);
let width = widthNow();
new ResizeObserver(() => {
  if (widthNow() === width) return;
  width = widthNow();
  repaint();
}).observe(document.body);
