// The requests of a client as columns of numbers, and what can be asked of them.

/** The three stretches of a request, and what stands for all of one that got no page. */
const PARTS = ['own', 'queued', 'waiting', 'broken'];

/** Taking a place that is free takes some microseconds, which is no line to speak of. */
const A_LINE_US = 1000;

class Run {
  constructor({ drawn, ...facts }) {
    Object.assign(this, facts);
    const micros = (seconds) => (seconds === null ? null : Math.round(seconds * 1e6));
    this.elapsed_us = micros(facts.values.elapsed_s);
    this.ideal_us = micros(facts.values.ideal_s);
    if (!drawn) return;

    const n = facts.requests;
    const column = (values) => (Array.isArray(values) ? values : new Array(n).fill(values));
    this.n = n;
    this.row = Int32Array.from(column(drawn.row));
    this.sent = new Float64Array(n);
    let sent = 0;
    column(drawn.sent_after).forEach((after, i) => (this.sent[i] = sent += after));
    this.end = Float64Array.from(column(drawn.took), (took, i) => this.sent[i] + took);
    // Where the server did not say, all of it is waiting for the server.
    this.queued = Float64Array.from(column(drawn.queued));
    this.waited = Float64Array.from(column(drawn.waited));
    this.ending = Int32Array.from(column(drawn.ending));
    this.endings = drawn.endings;
    this.lanes = Array.isArray(drawn.lanes)
      ? drawn.lanes
      : new Array(1 + this.row.reduce((most, row) => Math.max(most, row), -1)).fill(drawn.lanes);

    this.rows = this.lanes.map(() => []);
    const order = Array.from({ length: n }, (_, i) => i).filter((i) => this.row[i] >= 0);
    order.sort((a, b) => this.sent[a] - this.sent[b]);
    order.forEach((i) => this.rows[this.row[i]].push(i));
    this.order = order;
    // The first row of each lane, and the first after it.
    const firsts = this.lanes.flatMap((lane, i) => (i === 0 || lane !== this.lanes[i - 1] ? [i] : []));
    this.bands = firsts.map((first, i) => [first, firsts[i + 1] ?? this.rows.length]);
    this.ends = order.reduce((last, i) => Math.max(last, this.end[i]), 0);

    // Sorted moments, so that a count at a moment is a search and not a walk.
    const sorted = (requests, moment) => Float64Array.from(requests, moment).sort();
    this.starts = sorted(order, (i) => this.sent[i]);
    const pages = order.filter((i) => this.gotPage(i));
    this.pages = sorted(pages, (i) => this.end[i]);
    this.failures = sorted(
      order.filter((i) => !this.gotPage(i)),
      (i) => this.end[i],
    );
    const inLine = order.filter((i) => this.queued[i] >= A_LINE_US);
    this.lineStarts = sorted(inLine, (i) => this.stretches(i)[1]);
    this.lineEnds = sorted(inLine, (i) => this.stretches(i)[2]);
  }

  gotPage(i) {
    return this.endings[this.ending[i]] === '200';
  }

  /** The moments at which request i was sent, stood in line, was worked on, and ended. */
  stretches(i) {
    const [sent, end] = [this.sent[i], this.end[i]];
    const queued = Math.max(0, this.queued[i]);
    const waited = this.waited[i] < 0 ? end - sent : this.waited[i];
    const worked = Math.max(sent, end - waited);
    return [sent, Math.max(sent, worked - queued), worked, end];
  }

  /** What is so at this moment. */
  at(time) {
    const answered = upTo(this.pages, time);
    const failed = upTo(this.failures, time);
    return {
      answered,
      failed,
      inFlight: upTo(this.starts, time) - answered - failed,
      inLine: upTo(this.lineStarts, time) - upTo(this.lineEnds, time),
    };
  }

  /** The most requests that were under way at once in this stretch of time. */
  most(from, to) {
    let at = this.at(from).inFlight;
    let most = at;
    const ends = this.endsSorted();
    let [s, e] = [upTo(this.starts, from), upTo(ends, from)];
    while (s < this.starts.length && this.starts[s] <= to) {
      // A request that ends in the moment in which another begins made room for it.
      while (e < ends.length && ends[e] <= this.starts[s]) {
        at -= 1;
        e += 1;
      }
      at += 1;
      s += 1;
      most = Math.max(most, at);
    }
    return most;
  }

  endsSorted() {
    this.allEnds ??= Float64Array.from([...this.pages, ...this.failures]).sort();
    return this.allEnds;
  }

  /** The request of this row that is under way at the moment, or else the nearest. */
  find(row, time) {
    let nearest = null;
    let distance = Infinity;
    for (const i of this.rows[row] ?? []) {
      const away = Math.max(this.sent[i] - time, time - this.end[i], 0);
      if (away < distance) [nearest, distance] = [i, away];
      if (this.sent[i] > time) break;
    }
    return nearest;
  }

  laneName(row) {
    return `${words()[this.lane]} ${this.lanes[row]}`;
  }

  endingName(i) {
    const name = this.endings[this.ending[i]];
    if (name === '200') return words().ok;
    if (name === 'not-sent') return words().never;
    return /^\d+$/.test(name) ? words().status(name) : name;
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
