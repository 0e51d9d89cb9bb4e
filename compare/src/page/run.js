// A client's run: its requests as columns of numbers, and what can be asked of them. Times
// are in milliseconds since the run began.

/** Taking a permit that is free takes some microseconds, which is no queue to speak of. */
const SHORTEST_QUEUE_MS = 1;

class Run {
  constructor({ drawn, ...facts }, n) {
    Object.assign(this, facts);
    const ms = (seconds) => (seconds === null ? null : seconds * 1e3);
    this.elapsed = ms(facts.values.elapsed_s);
    this.ideal = ms(facts.values.ideal_s);
    if (!drawn) return;

    const column = (values) => (Array.isArray(values) ? values : new Array(n).fill(values));
    const micros = (values) => Float64Array.from(column(values), (us) => us / 1e3);
    this.n = n;
    this.row = Int32Array.from(column(drawn.row));
    let sent = 0;
    const sentUs = column(drawn.sent_after).map((after) => (sent += after));
    this.sent = micros(sentUs);
    this.end = micros(column(drawn.took).map((took, i) => sentUs[i] + took));
    // Negative where the server did not say.
    this.queued = micros(drawn.queued);
    this.waited = micros(drawn.waited);
    this.isTold = this.waited.some((waited) => waited >= 0);
    this.ending = column(drawn.ending).map((i) => drawn.endings[i]);
    this.lanes = Array.isArray(drawn.lanes)
      ? drawn.lanes
      : new Array(1 + this.row.reduce((most, row) => Math.max(most, row), -1)).fill(drawn.lanes);

    this.rows = this.lanes.map(() => []);
    const order = [...this.row.keys()].filter((i) => this.row[i] >= 0);
    order.sort((a, b) => this.sent[a] - this.sent[b]);
    for (const i of order) this.rows[this.row[i]].push(i);
    this.order = order;
    // The first row of each lane, and the first after it.
    const firsts = [...this.lanes.keys()].filter((i) => this.lanes[i] !== this.lanes[i - 1]);
    this.bands = firsts.map((first, i) => [first, firsts[i + 1] ?? this.rows.length]);

    // Sorted moments, so that a count at a moment is a search and not a walk.
    const sorted = (requests, moment) => Float64Array.from(requests, moment).sort();
    this.starts = sorted(order, (i) => this.sent[i]);
    this.ends = sorted(order, (i) => this.end[i]);
    const answered = order.filter((i) => this.isAnswered(i));
    this.answers = sorted(answered, (i) => this.end[i]);
    const queued = order.filter((i) => this.queued[i] >= SHORTEST_QUEUE_MS);
    this.queueStarts = sorted(queued, (i) => this.phases(i)[1]);
    this.queueEnds = sorted(queued, (i) => this.phases(i)[2]);
    this.last = this.ends.at(-1) ?? 0;
    this.hasFailures = answered.length < order.length;
  }

  isAnswered(i) {
    return this.ending[i] === '200';
  }

  /** When request i was sent, was queued, began to wait, and ended. */
  phases(i) {
    const [sent, end] = [this.sent[i], this.end[i]];
    const waited = this.waited[i] < 0 ? end - sent : this.waited[i];
    const waits = Math.max(sent, end - waited);
    return [sent, Math.max(sent, waits - Math.max(0, this.queued[i])), waits, end];
  }

  /** The counts at this moment: in flight is what was sent and has not ended, also if queued. */
  at(time) {
    const [ended, answered] = [this.ends, this.answers].map((moments) => upTo(moments, time));
    return {
      inFlight: upTo(this.starts, time) - ended,
      queued: upTo(this.queueStarts, time) - upTo(this.queueEnds, time),
      answered,
      failed: ended - answered,
    };
  }

  /** The most that were in flight at once in this stretch of time. */
  mostInFlight(from, to) {
    let [sent, ended] = [upTo(this.starts, from), upTo(this.ends, from)];
    let most = sent - ended;
    for (; this.starts[sent] <= to; most = Math.max(most, sent - ended)) {
      // A request that ends in the moment in which another begins made room for it.
      while (this.ends[ended] <= this.starts[sent]) ended += 1;
      sent += 1;
    }
    return most;
  }

  /** The request of this row that is in flight at the moment, or else the nearest. */
  find(row, time) {
    const away = (i) => Math.max(this.sent[i] - time, time - this.end[i], 0);
    return this.rows[row].reduce((best, i) => (best !== null && away(best) <= away(i) ? best : i), null);
  }

  laneName(row) {
    return `${words[this.lane]} ${this.lanes[row]}`;
  }

  endingName(i) {
    const name = this.ending[i];
    if (name === '200') return words.page200;
    if (name === 'not-sent') return words.never;
    return /^\d+$/.test(name) ? words.status(name) : name;
  }
}

/** How many of the sorted moments are not after this one. */
function upTo(moments, time) {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
