// The live page: listens to the server's stream, shows who waits, and lets the teacher
// change what they wait for. What comes from outside is shown as text and nothing else.

import { drawAxis, drawLane, endOfAxis, ticks } from './lanes.mjs';
import { languages } from './words.mjs';

const MOST_LANES = 8;
// The server says something at least every 10 s.
const SILENCE_MS = 25_000;
const RETRY_MS = 1000;
// A page that nobody looks at needs no stream; but who only looks aside keeps it.
const HIDDEN_MS = 5000;
// A run is taken for over after this long without a request: longer than between two of a
// sync client.
const OVER_MS = 500;

const $ = (id) => document.getElementById(id);
const isStill = matchMedia('(prefers-reduced-motion: reduce)');
const isDark = matchMedia('(prefers-color-scheme: dark)');

// Storage may be forbidden; then the page forgets, and works.
function recall(storage, key) {
  try {
    return JSON.parse(globalThis[storage].getItem(`three-seconds:${key}`));
  } catch {
    return null;
  }
}

function remember(storage, key, value) {
  try {
    globalThis[storage].setItem(`three-seconds:${key}`, JSON.stringify(value));
  } catch {
    // Forbidden or full.
  }
}

/** Changes the page only where it is not so already: that is what costs. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Languages and themes.

let language = recall('localStorage', 'language');
if (!(language in languages)) language = /^zh/i.test(navigator.language) ? 'zh-CN' : 'en';
let theme = recall('localStorage', 'theme');
let word = languages[language];
let colours = {};

function speak() {
  word = languages[language];
  document.documentElement.lang = language;
  document.title = `${word.title} · ${word.lanes}`;
  for (const element of document.querySelectorAll('[data-say]')) {
    say(element, word[element.dataset.say]);
  }
  $('language').lang = language === 'en' ? 'zh-CN' : 'en';
  say($('language'), word.toOther);
  const head = document.querySelector('#data thead tr');
  head.replaceChildren(
    ...word.columns.map((name) => {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = name;
      return cell;
    }),
  );
  dress();
}

function dress() {
  const dark = theme ? theme === 'dark' : isDark.matches;
  if (theme) document.documentElement.dataset.theme = theme;
  say($('theme'), dark ? word.toLight : word.toDark);
  // A canvas needs the colours themselves, so they are read off what wears them.
  const worn = (selector) =>
    getComputedStyle(document.querySelector(`#legend ${selector}`), '::before')
      .borderTopColor;
  const root = getComputedStyle($('clear'));
  colours = {
    waiting: worn('.waiting'),
    answered: worn('.answered'),
    failed: worn('.failed'),
    queued: worn('.queued'),
    text: getComputedStyle(document.body).color,
    guess: getComputedStyle($('verdict')).borderLeftColor,
    quiet: getComputedStyle($('legend')).color,
    edge: root.borderTopColor,
  };
  drawn.clear();
  wake();
}

// Lanes that are drawn already, and what they showed: nothing is drawn twice.
const drawn = new Map();

$('language').addEventListener('click', () => {
  language = language === 'en' ? 'zh-CN' : 'en';
  remember('localStorage', 'language', language);
  speak();
  stateIs(state);
  showGuess();
});

$('theme').addEventListener('click', () => {
  const dark = theme ? theme === 'dark' : isDark.matches;
  theme = dark ? 'light' : 'dark';
  remember('localStorage', 'theme', theme);
  dress();
});
isDark.addEventListener('change', dress);

const numbers = () => new Intl.NumberFormat(language);

function seconds(ms, digits = 2) {
  const format = new Intl.NumberFormat(language, {
    minimumFractionDigits: 0,
    maximumFractionDigits: digits,
  });
  return `${format.format(ms / 1000)} ${word.unit}`;
}

function steadySeconds(ms, digits) {
  const format = new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${format.format(ms / 1000)} ${word.unit}`;
}

// The stream.

let source = null;
let state = 'connecting';
let heardAt = 0;
let newest = null; // what came last, not yet read
let news = null; // what is shown
let ahead = null; // the server's clock less this page's

function connect() {
  source?.close();
  heardAt = performance.now();
  ahead = null;
  source = new EventSource('/api/events');
  source.addEventListener('clock', ({ data }) => heard(Number(data)));
  source.addEventListener('message', ({ data }) => {
    // Only the newest is read, and only when it is shown: a page that was asleep finds
    // many, and needs one.
    newest = data;
    heard(null);
    wake();
  });
  source.addEventListener('error', () => {
    stateIs('lost');
    if (source?.readyState === EventSource.CLOSED) later();
  });
}

let retry = null;
function later() {
  clearTimeout(retry);
  retry = setTimeout(connect, RETRY_MS * (1 + Math.random()));
}

function heard(serverNow) {
  heardAt = performance.now();
  if (serverNow !== null) keepTime(serverNow);
  stateIs('live');
}

/** What came fastest is nearest to the truth. */
function keepTime(serverNow) {
  const now = serverNow - performance.now();
  ahead = ahead === null ? now : Math.max(ahead, now);
}

setInterval(() => {
  if (source && performance.now() - heardAt > SILENCE_MS) {
    stateIs('lost');
    connect();
  }
}, RETRY_MS);

let hiding = null;
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(() => {
      source?.close();
      source = null;
    }, HIDDEN_MS);
  } else if (!source || source.readyState === EventSource.CLOSED) {
    connect();
  }
});
// A page that comes back from the browser's cache has lost its stream.
addEventListener('pageshow', ({ persisted }) => persisted && connect());
addEventListener('online', connect);

function stateIs(now) {
  state = now;
  say($('state'), word[now]);
  $('state').className = now;
}

// What is shown.

let isAwake = false;

function wake() {
  if (isAwake) return;
  isAwake = true;
  if (isStill.matches) setTimeout(frame, 500);
  else requestAnimationFrame(frame);
}

function frame() {
  isAwake = false;
  if (newest !== null) read();
  if (!news) return;
  // Asked before it is drawn: what is over only afterwards has to be drawn once more.
  const goesOn = news.runs.some((run) => !isOver(run));
  showNumbers();
  showRuns();
  showGuess();
  if (goesOn) wake();
}

function read() {
  const before = news?.server;
  news = JSON.parse(newest);
  newest = null;
  if (before !== news.server) {
    ahead = null;
    hiddenUpTo = recall('sessionStorage', 'hidden')?.[news.server] ?? 0;
  }
  keepTime(news.now_ms);
  fillSettings();
}

const now = () => performance.now() + (ahead ?? 0);
const waiting = (run) => run.in_flight + run.queued;
const isOver = (run) => waiting(run) === 0 && now() - run.last_ms > OVER_MS;
const age = (run) => (isOver(run) ? run.last_ms : Math.max(now(), run.last_ms)) - run.began_ms;
const lost = (run) => run.failed + run.rejected + run.aborted;

function nameOf(run) {
  if (run.client === null) return word.others;
  return run.client || word.unnamed;
}

function showNumbers() {
  const format = numbers();
  let longest = 4;
  for (const [name, number] of Object.entries(news.counts)) {
    const element = $(name);
    if (!element) continue;
    say(element, format.format(number));
    longest = Math.max(longest, element.parentElement.hidden ? 0 : element.textContent.length);
    const box = element.parentElement;
    const isRare = box.classList.contains('rare');
    if (isRare && box.hidden !== (number === 0)) box.hidden = number === 0;
  }
  // One size for all of them.
  const letters = String(longest);
  if ($('numbers').style.getPropertyValue('--letters') !== letters) {
    $('numbers').style.setProperty('--letters', letters);
  }
}

/** What the client says that all of its run should take. Only our own clients say so. */
const ideal = ({ ideal_ms: ms }) => (ms === null ? word.unknown : seconds(ms));

let hiddenUpTo = 0;
$('clear').addEventListener('click', () => {
  if (!news) return;
  hiddenUpTo = Math.max(0, ...news.runs.map((run) => run.id));
  remember('sessionStorage', 'hidden', { [news.server]: hiddenUpTo });
  wake();
});

function showRuns() {
  const runs = news.runs.filter((run) => run.id > hiddenUpTo || waiting(run) > 0);
  const shown = runs
    .toSorted((a, b) => (waiting(b) > 0) - (waiting(a) > 0) || b.id - a.id)
    .slice(0, MOST_LANES)
    .toSorted((a, b) => a.id - b.id);
  const rest = runs.filter((run) => !shown.includes(run));
  $('empty').hidden = shown.length > 0;
  $('axis').hidden = shown.length === 0;
  $('more').hidden = rest.length === 0;
  if (rest.length > 0) {
    const together = rest.reduce((sum, run) => sum + waiting(run), 0);
    const format = numbers();
    say($('more'), word.more(format.format(rest.length), format.format(together)));
  }

  const delay = Math.max(news.settings.delay_ms, 0);
  const guessed = guess?.run;
  const longest = Math.max(
    0,
    ...shown.map((run) => Math.max(age(run), waiting(run) > 0 ? due(run) : 0)),
    ...shown.map((run) => (run.id === guessed ? guess.ms : 0)),
  );
  const end = endOfAxis(longest, delay);
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const family = getComputedStyle(document.body).fontFamily;
  const view = {
    end,
    grid: ticks(end, delay, 12),
    colours,
    font: `${size * 1.1}px ${family}`,
    seconds: (ms) => seconds(ms),
  };
  place(shown);
  shown.forEach((run) => showLane(run, view));
  if (shown.length > 0) drawAxisOnce(view);
  if ($('data').open) showTable(news.runs);
}

/** When the last of a run's requests is due, as far as it is known. */
function due(run) {
  const last = (run.requests ?? []).reduce((most, [, , , until]) => Math.max(most, until ?? 0), 0);
  return Math.max(last, run.longest_ms);
}

const lanes = new Map();

/** One element for each run shown, in their order. */
function place(shown) {
  const wanted = new Set(shown.map(keyOf));
  for (const [key, lane] of lanes) {
    if (!wanted.has(key)) {
      lane.item.remove();
      lanes.delete(key);
      drawn.delete(key);
    }
  }
  const count = String(shown.length);
  if ($('lanes').style.getPropertyValue('--lanes') !== count) {
    $('lanes').style.setProperty('--lanes', count);
  }
  shown.forEach((run, index) => {
    const key = keyOf(run);
    if (!lanes.has(key)) lanes.set(key, newLane());
    const { item } = lanes.get(key);
    const there = $('lanes').children[index];
    if (there !== item) $('lanes').insertBefore(item, there ?? null);
  });
}

const keyOf = (run) => `${news.server}:${run.id}`;

function newLane() {
  const item = element('li', 'lane');
  const who = element('div', 'who');
  const name = element('h3', 'client');
  const main = element('p', 'main');
  const lane = {
    item,
    name,
    run: element('span', 'run'),
    client: document.createTextNode(''),
    number: element('b'),
    beside: document.createTextNode(''),
    facts: element('p', 'facts'),
    canvas: element('canvas'),
  };
  main.append(lane.number, ' ', lane.beside);
  name.append(lane.client, lane.run);
  who.append(name, main, lane.facts);
  lane.canvas.setAttribute('role', 'img');
  const box = element('div', 'drawn');
  box.append(lane.canvas);
  item.append(who, box);
  return lane;
}

function element(kind, name = '') {
  const made = document.createElement(kind);
  if (name) made.className = name;
  return made;
}

function showLane(run, view) {
  const lane = lanes.get(keyOf(run));
  const format = numbers();
  const over = isOver(run);
  if (lane.client.data !== nameOf(run)) lane.client.data = nameOf(run);
  lane.name.title = run.client ?? '';
  say(lane.run, run.run ? word.run(run.run) : '');
  const [number, beside] = over
    ? word.took(steadySeconds(age(run), 2), ideal(run))
    : word.waits(format.format(waiting(run)), steadySeconds(age(run), 1));
  say(lane.number, number);
  if (lane.beside.data !== beside) lane.beside.data = beside;
  const facts = factsOf(run);
  say(lane.facts, facts);
  lane.item.classList.toggle('waits', !over);

  const guessMs = guess && guess.run === run.id ? guess.ms : null;
  const shows = [
    view.end, run.last_ms, run.received, over, run.requests ? 1 : 0, guessMs, language,
    lane.canvas.clientWidth, lane.canvas.clientHeight, globalThis.devicePixelRatio,
  ].join();
  if (waiting(run) === 0 && drawn.get(keyOf(run)) === shows) return;
  drawn.set(keyOf(run), shows);
  const label = word.lane(nameOf(run), facts);
  if (lane.canvas.getAttribute('aria-label') !== label) {
    lane.canvas.setAttribute('aria-label', label);
  }
  drawLane(lane.canvas, run, {
    ...view,
    now: Math.max(now(), run.last_ms) - run.began_ms,
    ideal: over ? run.ideal_ms : null,
    guess: guessMs,
  });
}

function factsOf(run) {
  const format = numbers();
  const [answered, all, most] = [run.answered, run.received, run.peak_in_flight].map((number) =>
    format.format(number),
  );
  return (
    word.facts(answered, all, most) +
    (lost(run) > 0 ? word.factsFailed(format.format(lost(run))) : '') +
    (run.queued > 0 ? word.factsQueued(format.format(run.queued)) : '')
  );
}

function drawAxisOnce(view) {
  const canvas = $('axis');
  const shows = [view.end, view.grid.length, language, canvas.clientWidth].join();
  if (drawn.get('axis') === shows) return;
  drawn.set('axis', shows);
  drawAxis(canvas, view);
}

let tableAt = -Infinity;

/** Once in a second at the most: who reads it, or hears it, needs it to hold still. */
function showTable(runs) {
  if (performance.now() - tableAt < 1000) return;
  tableAt = performance.now();
  const format = numbers();
  const rows = runs.map((run) => {
    const row = element('tr');
    const head = element('th');
    head.scope = 'row';
    head.textContent = nameOf(run);
    row.append(head);
    const cells = [
      run.run ?? '',
      ...[
        run.in_flight, run.queued, run.peak_in_flight, run.received, run.answered, run.failed,
        run.rejected, run.aborted,
      ].map((number) => format.format(number)),
      seconds(age(run)),
      ideal(run),
    ];
    for (const text of cells) {
      const cell = element('td');
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  });
  document.querySelector('#data tbody').replaceChildren(...rows);
}

$('data').addEventListener('toggle', () => {
  tableAt = -Infinity;
  wake();
});

addEventListener('resize', () => {
  drawn.clear();
  wake();
});

// What do you think?

// The guess, and since when; then the run that it is about.
let guess = recall('sessionStorage', 'guess');

$('guess').addEventListener('submit', (event) => {
  event.preventDefault();
  const ms = Number($('seconds').value) * 1000;
  guess = { ms, server: news?.server ?? null, since: now(), run: null };
  remember('sessionStorage', 'guess', guess);
  showGuess();
  wake();
});

function showGuess() {
  if (!guess || !news) return;
  if (guess.server !== news.server && guess.run !== null) {
    // Its run was on the server before, and what it took was told.
    guess = null;
    remember('sessionStorage', 'guess', guess);
    return say($('verdict'), '');
  }
  if (guess.server !== news.server) {
    // The server was started anew: whatever runs on it, runs after the guess.
    guess = { ms: guess.ms, server: news.server, since: 0, run: null };
  }
  const next = news.runs.find((run) => run.began_ms >= guess.since && run.client !== null);
  if (guess.run === null && next) {
    guess.run = next.id;
    remember('sessionStorage', 'guess', guess);
  }
  const run = news.runs.find(({ id }) => id === guess.run);
  const told = seconds(guess.ms);
  if (!run) return say($('verdict'), word.noted(told));
  if (!isOver(run)) return say($('verdict'), word.during(told, nameOf(run)));
  const off = age(run) - guess.ms;
  const isExact = Math.abs(off) < 0.01 * age(run) + 5;
  const how = isExact
    ? word.exact
    : (off > 0 ? word.tooLow : word.tooHigh)(seconds(Math.abs(off)));
  const took = steadySeconds(age(run), 2);
  return say($('verdict'), word.verdict(told, took, ideal(run), how));
}

// What can be changed.

const FIELDS = {
  delay: ({ delay_ms }) => delay_ms / 1000,
  jitter: ({ jitter_ms }) => jitter_ms / 1000,
  fail_rate: ({ fail_rate }) => Math.round(fail_rate * 1e6) / 1e4,
  max_concurrent: ({ max_concurrent }) => max_concurrent ?? '',
};
// What somebody is about to change.
const edited = new Set();

/** Shows what is in force. */
function fillSettings() {
  for (const [name, value] of Object.entries(FIELDS)) {
    const text = String(value(news.settings));
    if (!edited.has(name) && $(name).value !== text) $(name).value = text;
  }
}

$('settings').addEventListener('input', ({ target }) => edited.add(target.id));

$('settings').addEventListener('submit', async (event) => {
  event.preventDefault();
  const ms = (name) => `${Math.round(Number($(name).value) * 1000)}ms`;
  const most = $('max_concurrent').value;
  const all = {
    delay: ms('delay'),
    jitter: ms('jitter'),
    fail_rate: Number($('fail_rate').value) / 100,
    max_concurrent: most === '' ? null : Number(most),
  };
  // Only what was edited: the rest may have been changed elsewhere in the meantime.
  const asked = Object.fromEntries(Object.entries(all).filter(([name]) => edited.has(name)));
  if (await change('/api/settings', asked, () => word.applied)) edited.clear();
});

$('reset').addEventListener('click', () => {
  change('/api/stats/reset', null, () => word.wasReset);
});

let token = recall('sessionStorage', 'token');

/** Asks the server to change; true if it has. */
async function change(path, body, done) {
  if (news?.needs_token && !token && !(await askToken())) return false;
  const headers = { ...(body && { 'content-type': 'application/json' }) };
  if (token) headers.authorization = `Bearer ${token}`;
  const text = body && JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(path, { method: 'POST', headers, body: text });
  } catch {
    return tell(word.unreachable, false);
  }
  if (answer.status === 401) {
    token = null;
    remember('sessionStorage', 'token', token);
    return tell(word.refused, false);
  }
  if (!answer.ok) return tell(await answer.text(), false);
  return tell(done(), true);
}

function tell(text, isRight) {
  say($('told'), text);
  $('told').classList.toggle('wrong', !isRight);
  return isRight;
}

/** True once there is a token to try. It stays in this tab, and ends with it. */
function askToken() {
  const dialog = $('ask');
  $('token').value = '';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => {
        token = (dialog.returnValue === 'given' && $('token').value.trim()) || null;
        remember('sessionStorage', 'token', token);
        resolve(token !== null);
      },
      { once: true },
    );
  });
}

$('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  $('ask').close('given');
});
$('cancel').addEventListener('click', () => $('ask').close(''));

speak();
stateIs('connecting');
connect();
