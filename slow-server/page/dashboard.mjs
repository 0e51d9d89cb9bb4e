// The live page: listens to the server's stream, shows who waits, and lets the teacher
// change what they wait for. What comes from outside is shown as text and nothing else.

import { showSettings } from './controls.mjs';
import { listen, showState, takeSnapshot } from './feed.mjs';
import { noteGuess, showGuess } from './guess.mjs';
import { clearLanes, showLanes } from './lanes.mjs';
import { inFlight, isOver } from './runs.mjs';
import { readPaint, showLegend } from './shared/draw.mjs';
import { $, formatted, onAppearance, setText, words } from './shared/page.mjs';
import { showTable } from './table.mjs';

const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
let snapshot = null;
let paint = null;
let isAwake = false;

/** Shows everything anew before long. */
function wake() {
  if (isAwake) return;
  isAwake = true;
  if (reducedMotion.matches) setTimeout(frame, 500);
  else requestAnimationFrame(frame);
}

function frame() {
  isAwake = false;
  const news = takeSnapshot();
  if (news) showSettings(news);
  snapshot = news ?? snapshot;
  if (!snapshot) return;
  // Asked before it is drawn: what is over only afterwards has to be drawn once more.
  const goesOn = snapshot.runs.some((run) => !isOver(run));
  showCounts(snapshot.counts);
  showLanes(snapshot, paint);
  showTable(snapshot.runs);
  showGuess(snapshot);
  if (goesOn) wake();
}

function showCounts(counts) {
  let longest = 4;
  for (const [name, count] of Object.entries({ ...counts, in_flight: inFlight(counts) })) {
    const element = $(name);
    if (!element) continue;
    const box = element.parentElement;
    if (box.classList.contains('rare')) box.hidden = count === 0;
    setText(element, formatted(count));
    if (!box.hidden) longest = Math.max(longest, element.textContent.length);
  }
  // One size for all of them.
  $('numbers').style.setProperty('--letters', longest);
}

function repaint() {
  paint = readPaint();
  showLegend($('legend'), ['waiting', 'queued', 'answered', 'failed'], paint);
  wake();
}

onAppearance(() => {
  document.title = `${words.title} · ${words.lanes}`;
  showState();
  repaint();
});
addEventListener('resize', repaint);
$('data').addEventListener('toggle', wake);
$('clear').addEventListener('click', () => {
  if (snapshot) clearLanes(snapshot);
  wake();
});
$('guess').addEventListener('submit', (event) => {
  event.preventDefault();
  noteGuess(snapshot?.server ?? null);
  wake();
});
listen(wake);
