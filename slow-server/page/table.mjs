// The runs as a table, for those who do not see the picture.

import { age, idealOf, inFlight, nameOf, runOf } from './runs.mjs';
import { $, figures, formatted, seconds, tableOf, texts, words } from './shared/page.mjs';

let shownAt = -Infinity;
let w = null;

/** Once in a second at the most: who reads it, or hears it, needs it to hold still. */
export function showTable(runs) {
  const isFresh = w === words && performance.now() - shownAt < 1000;
  if (!$('data').open || isFresh) return;
  shownAt = performance.now();
  w = words;
  const columns = [
    ...texts(w.client, w.runName),
    ...figures(w.inFlight, w.queued, w.mostServed, w.requests, w.answered, w.failed),
    ...figures(w.rejected, w.aborted, w.time, w.idealTime),
  ];
  const rows = runs.map((run) => {
    const { queued, peak_in_flight, received, answered, failed, rejected, aborted } = run;
    const counts = [inFlight(run), queued, peak_in_flight, received, answered, failed, rejected, aborted];
    return [
      nameOf(run),
      runOf(run),
      ...counts.map((count) => formatted(count)),
      seconds(age(run)),
      idealOf(run),
    ];
  });
  $('table').replaceChildren(tableOf(w.tableTitle, columns, rows));
}
