// What a run of a snapshot says. Its `in_flight` and `peak_in_flight` are what the server
// works on, since the API's names are those of the server; on the page, as for a client, in
// flight is all that has not ended.

import { serverNow } from './feed.mjs';
import { formatted, seconds, words } from './shared/page.mjs';

// A run is taken for over after this long without a request: longer than between two of a
// sync client.
const OVER_MS = 500;

/** Those that the server works on and those in its queue: of a run, or of all. */
export const inFlight = (counts) => counts.in_flight + counts.queued;

export const isOver = (run) => inFlight(run) === 0 && serverNow() - run.last_ms > OVER_MS;

/** How long it has gone on, or went on. */
export const age = (run) =>
  (isOver(run) ? run.last_ms : Math.max(serverNow(), run.last_ms)) - run.began_ms;

/** When the last of its requests is due, as far as it is known. */
export const due = (run) =>
  (run.requests ?? []).reduce((most, [, , , until]) => Math.max(most, until ?? 0), run.longest_ms);

export const nameOf = (run) => (run.client === null ? words.others : run.client || words.unnamed);

// Our own clients give a run without a name a number at random, of which a few digits are enough.
const runName = (run) => (/^\d+$/.test(run) ? words.run(run.slice(-4)) : run);

/** Which of those of its client: its run, and its address where nothing else tells it apart. */
export const runOf = ({ run, address }) =>
  [run && runName(run), address].filter(Boolean).join(' ');

/** What the client says that all of its run should take. Only our own clients say so. */
export const idealOf = ({ ideal_ms: ms }) => (ms === null ? words.unknown : seconds(ms));

/** How many of its requests got the page, of those sent so far. */
export const answeredOf = ({ answered, received }) =>
  `${formatted(answered)}/${formatted(received)}`;

/** Its counts in a few words. */
export function factsOf(run) {
  const { answered, received, peak_in_flight: served, queued } = run;
  const lost = run.failed + run.rejected + run.aborted;
  return (
    words.facts(...[answered, received, served].map((count) => formatted(count))) +
    (lost > 0 ? words.factsFailed(formatted(lost)) : '') +
    (queued > 0 ? words.factsQueued(formatted(queued)) : '')
  );
}
