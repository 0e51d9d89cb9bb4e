// The guess: how long somebody thinks that the next run takes, and how far off that was.

import { serverNow } from './feed.mjs';
import { age, idealOf, isOver, nameOf } from './runs.mjs';
import { $, recall, remember, seconds, setText, words } from './shared/page.mjs';

// `ms` was guessed when the clock of `server` was at `since`; `run` is the one it is about.
let guess = recall('sessionStorage', 'guess');

/** Keeps what the form has as the guess about the next run. */
export function noteGuess(server) {
  keep({ ms: Number($('seconds').value) * 1000, server, since: serverNow(), run: null });
}

/** What was guessed about this run, in milliseconds. */
export const guessFor = (run) => (guess?.run === run.id ? guess.ms : null);

export function showGuess({ server, runs }) {
  if (guess && guess.server !== server) {
    // A run of a server before this one was told of. Else whatever runs, runs after the guess.
    keep(guess.run === null ? { ms: guess.ms, server, since: 0, run: null } : null);
  }
  setText($('verdict'), guess ? verdict(runs) : '');
}

function verdict(runs) {
  const next = runs.find((run) => run.began_ms >= guess.since && run.client !== null);
  if (guess.run === null && next) keep({ ...guess, run: next.id });
  const run = runs.find(({ id }) => id === guess.run);
  const guessed = seconds(guess.ms);
  if (!run) return words.noted(guessed);
  if (!isOver(run)) return words.during(guessed, nameOf(run));
  const took = age(run);
  const off = took - guess.ms;
  const isExact = Math.abs(off) < 0.01 * took + 5;
  const how = isExact ? words.exact : words[off > 0 ? 'tooLow' : 'tooHigh'](seconds(Math.abs(off)));
  return words.verdict(guessed, seconds(took, 2, 2), idealOf(run), how);
}

function keep(value) {
  guess = value;
  remember('sessionStorage', 'guess', guess);
}
