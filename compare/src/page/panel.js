// A panel for each client: its picture, the figures above it and the table below it; and what
// is known of a single request.

const MOST_ROWS = 200;
const SLICES = 40;

const exactSeconds = (ms) => seconds(ms, 3, 3);
/** A length of time in the unit that suits it. */
const length = (ms) =>
  ms < 1e3 ? `${ms.toFixed(ms < 100 ? 1 : 0)} ${words.ms}` : exactSeconds(ms);
/** A text that the data has in both languages. */
const translated = ({ en, zh }) => (language === 'en' ? en : zh);

class Panel {
  constructor(run, choose) {
    const tall = run.rows.length <= 2 ? 'low' : run.rows.length <= 16 ? 'middle' : 'high';
    this.run = run;
    this.canvas = make('canvas', {
      tabIndex: 0, className: tall, role: 'slider', ariaValueMin: 0, ariaValueMax: run.n - 1,
    });
    this.picture = new Picture(run, this.canvas);
    for (const name of ['measured', 'counts']) this[name] = make('span', { className: name });
    for (const name of ['why', 'line']) this[name] = make('p', { className: name });
    this.sentence = make('div', { className: 'sentences', children: [this.why, this.line] });
    const parts = [make('h3', { text: run.client }), this.measured, this.sentence, this.counts];
    this.summary = make('summary');
    this.table = make('div');
    this.details = make('details', { children: [this.summary, this.table] });
    const head = make('div', { className: 'head', children: parts });
    this.element = make('article', { children: [head, this.canvas, this.details] });

    this.details.addEventListener('toggle', () => this.fillTable());
    const point = ({ offsetX, offsetY }) => {
      const found = this.picture.at(offsetX, offsetY);
      if (found !== null) choose(found);
    };
    this.canvas.addEventListener('pointermove', point);
    this.canvas.addEventListener('pointerdown', point);
  }

  showWords() {
    const { run } = this;
    const ideal = run.ideal === null ? null : exactSeconds(run.ideal);
    const { overhead_s } = run.values;
    const over = overhead_s === null ? null : difference(overhead_s);
    const why = translated(run.why);
    this.measured.textContent = words.measuredBeside(exactSeconds(run.elapsed), ideal, over);
    this.why.textContent = why;
    this.sentence.classList.toggle('long', why.length > (language === 'en' ? 70 : 45));
    this.canvas.ariaLabel = words.pictureOf(run.client, run.n, run.rows.length);
    this.summary.textContent = words.dataOf(run.client);
    this.fillTable();
  }

  /** Shows the moment, with the request that is chosen. */
  showMoment(time, chosen, hasLimit) {
    const { run } = this;
    this.picture.show(time, chosen);
    const { inFlight, queued, answered, failed } = run.at(time);
    // Without a limit there is no queue: what took a while then was a busy machine.
    const hasQueue = hasLimit && run.queueStarts.length > 0;
    const counts = [words.countInFlight(inFlight, hasQueue ? queued : null), words.countAnswered(answered)];
    if (run.hasFailures) counts.push(words.countFailed(failed));
    this.counts.textContent = counts.join(' · ');
  }

  showChosen(chosen) {
    const text = chosen === null ? words.noRequest : requestLine(this.run, chosen);
    this.line.textContent = text;
    this.element.classList.toggle('chosen', chosen !== null);
    this.canvas.ariaValueNow = chosen ?? 0;
    this.canvas.ariaValueText = text;
  }

  /** Every request where there are few, else equal parts of the time; made when looked at. */
  fillTable() {
    const { run } = this;
    if (!this.details.open) this.table.replaceChildren();
    else if (run.n <= MOST_ROWS) {
      const rows = Array.from({ length: run.n }, (_, i) => [i, ...requestCells(run, i)]);
      const columns = [...texts(words.request), ...requestColumns()];
      this.table.replaceChildren(scrollable(tableOf(words.eachRequest(run.client), columns, rows)));
    } else this.table.replaceChildren(scrollable(slices(run)));
  }
}

function slices(run) {
  const w = words;
  const columns = figures(w.from, w.to, w.sent, w.answered, w.failed, w.mostInFlight, w.inFlightAtEnd);
  const rows = Array.from({ length: SLICES }, (_, slice) => {
    const [from, to] = [slice, slice + 1].map((edge) => run.last * (edge / SLICES));
    const [before, after] = [run.at(from), run.at(to)];
    const sent = upTo(run.starts, to) - (slice === 0 ? 0 : upTo(run.starts, from));
    const ended = [after.answered - before.answered, after.failed - before.failed];
    const most = run.mostInFlight(from, to);
    return [exactSeconds(from), exactSeconds(to), sent, ...ended, most, after.inFlight];
  });
  return tableOf(w.slices(run.client, SLICES), columns, rows);
}

/** One request in every client. */
function requestTable(runs, i) {
  const rows = runs.map((run) => [run.client, ...requestCells(run, i)]);
  const columns = [...texts(words.client), ...requestColumns()];
  return scrollable(tableOf(`${words.request} ${i}`, columns, rows));
}

function requestLine(run, i) {
  if (run.row[i] < 0) return words.notSent(i);
  return words.requestLine({
    number: i,
    lane: run.laneName(run.row[i]),
    sent: exactSeconds(run.sent[i]),
    end: exactSeconds(run.end[i]),
    took: length(run.end[i] - run.sent[i]),
    ending: run.isAnswered(i) ? words.answeredAt : words.endedAt(run.endingName(i)),
  });
}

const requestColumns = () => [
  ...texts(words.lane),
  ...figures(words.sent, words.ended, words.took),
  ...(isTold ? figures(words['client-and-network'], words.queued, words.waiting) : []),
  ...texts(words.outcome),
];

function requestCells(run, i) {
  if (run.row[i] < 0) return [...new Array(requestColumns().length - 1).fill('-'), words.never];
  const [sent, queued, waits, end] = run.phases(i);
  const phases = [queued - sent, waits - queued, end - waits];
  return [
    run.laneName(run.row[i]),
    exactSeconds(sent),
    exactSeconds(end),
    length(end - sent),
    ...(isTold ? phases.map((phase) => (run.waited[i] < 0 ? '-' : length(phase))) : []),
    run.endingName(i),
  ];
}
