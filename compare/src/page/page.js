// The report: play, scrub, choose a request, change theme and language. One script is made of
// slow-server/page/shared, which the live page has as well, and of the files of this folder.

const STILL_MS = 250;

const data = JSON.parse($('data').textContent);
const runs = data.runs.map((run) => new Run(run, data.requests));
const drawn = runs.filter((run) => run.n);
/** Whether the server said of any request what it did with it, and whether a run has an ideal. */
const isTold = drawn.some((run) => run.isTold);
const hasIdeal = drawn.some((run) => run.ideal !== null);
const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
const printing = matchMedia('print');

const endOf = (run) => Math.max(run.last, run.elapsed, run.ideal ?? 0, 0.001);
/** Where the view ends that is made for the whole of this run. */
const viewOf = (run) => endOf(run) * 1.02;
const longest = Math.max(0.001, ...drawn.map(endOf));
const state = { until: longest * 1.02, time: longest * 1.02, speed: 1, chosen: null };
const panels = drawn.map((run) => new Panel(run, choose));
/** The element of each run that is not drawn, where its sentences stand alone. */
const undrawn = [];
let frame = null;
let paintedWidth = null;

// The moment.

function setTime(time) {
  state.time = Math.min(Math.max(time, 0), state.until);
  $('scrubber').value = Math.round((state.time / state.until) * 1000);
  showMoment();
}

function showMoment() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    drawMoment();
  });
}

function drawMoment() {
  const { time, until, chosen } = state;
  const [now, end] = [time, until].map((moment) => exactSeconds(Math.min(moment, longest)));
  $('moment').textContent = $('scrubber').ariaValueText = words.momentOf(now, end);
  for (const panel of panels) panel.showMoment(time, chosen, data.limit !== null);
}

function setPlaying(isPlaying) {
  cancelAnimationFrame(state.playing);
  if (isPlaying && state.time >= state.until) setTime(0);
  state.shownAt = performance.now();
  state.playing = isPlaying ? requestAnimationFrame(step) : null;
  showPlay();
}

function step(now) {
  const elapsed = Math.max(0, now - state.shownAt);
  // Who wants no motion sees the figures change four times a second.
  if (!reducedMotion.matches || elapsed >= STILL_MS) {
    state.shownAt = now;
    setTime(state.time + elapsed * state.speed);
  }
  if (state.time >= state.until) setPlaying(false);
  else state.playing = requestAnimationFrame(step);
}

const showPlay = () => {
  $('play').textContent = state.playing ? `❚❚ ${words.pause}` : `▶ ${words.play}`;
};

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
  for (const panel of panels) panel.showChosen(chosen);
  $('request-table').replaceChildren(
    chosen === null ? make('p', { text: words.noRequest }) : requestTable(drawn, chosen),
  );
}

/** The keys of a picture, which choose a request. */
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

// All of it.

function show() {
  document.title = `${words.title} · ${words.reportTitle}`;
  const delay = data.delay_ms === null ? null : length(data.delay_ms);
  const duration = data.duration_s === null ? null : length(data.duration_s * 1e3);
  const conditions = [words.conditions({ requests: data.requests, duration, delay, url: data.url })];
  if (data.assumed_delay_ms !== null) conditions.push(words.idealAssumed(length(data.assumed_delay_ms)));
  else if (delay === null) conditions.push(words.idealUnknown);
  if (data.interrupted) conditions.push(words.stopped(data.not_run.join(', ')));
  conditions.push(...data.remarks.map(translated));
  $('conditions').textContent = conditions.join(' ');
  $('table-heading').textContent = hasIdeal ? words.measured : words.measuredAlone;
  $('legend-note').textContent = isTold ? words.legendNote : words.legendNoteUntold;
  const notes = { peak: words.peakNote, overhead_s: words.overheadNote };
  const shown = data.columns.map(({ id }) => notes[id]).filter((note) => note !== undefined);
  $('table-note').textContent = shown.join(' ');
  $('setup').replaceChildren(make('code', { text: data.setup.command }), ` · ${setup()}`);
  $('scrubber').ariaLabel = words.moment;
  const views = drawn.toSorted((a, b) => endOf(b) - endOf(a));
  $('until').replaceChildren(
    ...views.map((run, i) => {
      const text = (i === 0 ? words.whole : words.part)(run.client, exactSeconds(endOf(run)));
      return make('option', { text, value: viewOf(run), selected: viewOf(run) === state.until });
    }),
  );
  for (const panel of panels) panel.showWords();
  for (const [element, run] of undrawn) element.textContent = sentencesOf(run);
  $('table').replaceChildren(measuredTable(data));
  $('latency').replaceChildren(latencyTable(data));
  $('histograms').replaceChildren(...histograms(data));
  $('latency-note').textContent = data.latency_remarks.map(translated).join(' ');
  showPlay();
  showChosen();
  repaint();
}

/** Why there is no picture of this run, and why it took as long as it did. */
function sentencesOf(run) {
  const why = translated(run.why);
  const problem = run.problem ? translated(run.problem) : '';
  return why.includes(problem) ? why : `${problem} ${why}`;
}

/** How the comparison was made, as far as it is known. */
function setup() {
  const { began, jitter_ms: jitter, fail_rate: failRate, timeout_ms: timeout, machine } = data.setup;
  const parts = words.setup({
    began: began.replace('T', ' ').replace(/:\d\dZ$/, ' UTC'),
    jitter: jitter ? length(jitter) : null,
    failRate: failRate ? Number((failRate * 100).toPrecision(3)) : null,
    limit: data.limit,
    timeout: length(timeout),
    cpus: machine.cpus,
    memory: machine.memory_bytes && (machine.memory_bytes / 1e9).toFixed(1),
    system: machine.system,
  });
  return parts.filter(Boolean).join(' · ');
}

function repaint() {
  const paint = readPaint();
  // All of a bar has the colour of waiting where nobody said what is what.
  paint.untold = paint.fills.untold = paint.waiting;
  const parts = isTold ? ['waiting', 'client-and-network'] : ['untold'];
  if (drawn.some((run) => run.queueStarts.length > 0)) parts.push('queued');
  if (drawn.some((run) => run.hasFailures)) parts.push('failed');
  if (hasIdeal) parts.push('ideal');
  showLegend($('legend'), [...parts, 'chosen'], paint);

  const { clientWidth: width } = $('axis');
  paintedWidth = width;
  const isNarrow = width < 560;
  const left = isNarrow ? 30 : 92;
  // A page that is being made or closed has no width at all.
  const plot = Math.max(width - left - 1, 1);
  const end = state.until;
  const grid = ticks(end, 0.001, Math.max(plot / 90, 1));
  const digits = Math.max(0, Math.ceil(-Math.log10((grid[1] ?? end) / 1e3)));
  const axis = {
    end, left, plot, isNarrow, grid,
    font: `11px ${paint.family}`,
    x: (ms) => left + (ms / end) * plot,
    label: (ms) => seconds(ms, digits, digits),
  };
  drawAxis($('axis'), axis, paint);
  for (const { picture } of panels) picture.paint(axis, paint);
  drawMoment();
}

$('request').max = data.requests - 1;
$('pictures').replaceChildren(
  ...runs.map((run) => {
    const panel = panels.find((candidate) => candidate.run === run);
    if (panel) return panel.element;
    const sentences = make('p');
    undrawn.push([sentences, run]);
    return make('article', { children: [make('h3', { text: run.client }), sentences] });
  }),
);

for (const { canvas, run } of panels) {
  canvas.addEventListener('keydown', press);
  canvas.addEventListener('focus', () => {
    if (state.chosen === null && canvas.matches(':focus-visible')) choose(run.order[0] ?? null);
  });
}
$('play').addEventListener('click', () => setPlaying(!state.playing));
$('speed').addEventListener('change', () => (state.speed = Number($('speed').value)));
$('until').addEventListener('change', () => {
  setPlaying(false);
  state.until = Number($('until').value);
  setTime(state.until);
  repaint();
});
$('scrubber').addEventListener('input', () => {
  setPlaying(false);
  setTime(($('scrubber').valueAsNumber / 1000) * state.until);
});
$('request').addEventListener('input', () => {
  const number = $('request').valueAsNumber;
  const isOne = Number.isInteger(number) && number >= 0 && number < data.requests;
  choose(isOne ? number : null);
});
$('clear').addEventListener('click', () => choose(null));
printing.addEventListener('change', () => {
  // Paper keeps no moment: it gets the whole picture.
  if (printing.matches) {
    setPlaying(false);
    setTime(state.until);
  }
  repaint();
});
onAppearance(show);
// Only a new width makes other pictures: their heights are of the style sheet.
new ResizeObserver(() => $('axis').clientWidth !== paintedWidth && repaint()).observe($('axis'));
