// The picture of a run. It is painted once, whole; a moment shows it in full up to there and
// faint beyond, so that a scrubber only ever moves an edge.

const FAINT = 0.22;
/** From the bottom up, where the height says how many were in each state. */
const STACK = ['waiting', 'queued', 'client-and-network', 'failed'];

class Picture {
  constructor(run, canvas) {
    Object.assign(this, { run, canvas, layer: make('canvas') });
  }

  /** Paints everything but the moment. */
  paint(axis, paint) {
    Object.assign(this, prepare(this.canvas), { axis, colours: paint });
    this.rowHeight = this.height / this.run.rows.length;
    Object.assign(this.layer, { width: this.canvas.width, height: this.canvas.height });
    const boxes = Object.fromEntries(STACK.map((state) => [state, []]));
    // As many rows as fit are drawn as rows; of more, their number.
    if (this.run.rows.length > this.height) {
      for (const [first, next] of this.run.bands) {
        this.pile(boxes, this.run.rows.slice(first, next).flat(), next * this.rowHeight, this.rowHeight);
      }
    } else {
      this.run.rows.forEach((requests, row) => this.bars(boxes, requests, row * this.rowHeight));
    }
    const pen = this.layer.getContext('2d');
    pen.scale(this.scale, this.scale);
    pen.beginPath();
    pen.rect(axis.left, 0, axis.plot + 1, this.height);
    pen.clip();
    for (const state of STACK) {
      pen.fillStyle = paint.fills[state];
      // Ten thousand boxes are soon filled, where one path of them takes seconds.
      for (const box of boxes[state]) pen.fillRect(...box);
    }
  }

  bars(boxes, requests, top) {
    const { run, axis } = this;
    const tall = this.rowHeight - (this.rowHeight >= 4 ? 1 : 0);
    if (requests.length > axis.plot / 3) {
      // More bars than can be told apart: their shares of each pixel, within the row.
      this.pile(boxes, requests, top + tall, tall);
      return;
    }
    for (const i of requests) {
      const [sent, queued, waits, end] = run.phases(i).map(axis.x);
      if (sent > axis.left + axis.plot) continue;
      // Between two requests of a row there is a seam, where it leaves something of them.
      const seam = end - sent > 4 ? 1 : 0;
      const bar = (state, from, to) => {
        if (to > from) boxes[state].push([from, top, to - from, tall]);
      };
      if (run.isAnswered(i)) {
        bar('client-and-network', sent, Math.min(queued, end - seam));
        bar('queued', queued, waits);
        bar('waiting', waits, end - seam);
      } else {
        bar('failed', sent, Math.max(end - seam, sent + 2));
      }
    }
  }

  /** For each column of pixels how many were in each state, one upon the other from `base`. */
  pile(boxes, requests, base, heightOfOne) {
    const { run, axis } = this;
    const columns = Math.ceil(axis.plot);
    const counts = Object.fromEntries(STACK.map((state) => [state, new Float64Array(columns + 2)]));
    // The share of each column that a phase covers: two steps at its start and two at its
    // end, which a sum over all columns turns into the whole phase.
    const step = (state, time, by) => {
      const at = Math.min(Math.max((time / axis.end) * columns, 0), columns);
      const column = Math.floor(at);
      const covered = 1 - (at - column);
      counts[state][column] += by * covered;
      counts[state][column + 1] += by * (1 - covered);
    };
    for (const i of requests) {
      const [sent, queued, waits, end] = run.phases(i);
      const phases = run.isAnswered(i)
        ? [['client-and-network', sent, queued], ['queued', queued, waits], ['waiting', waits, end]]
        : [['failed', sent, end]];
      for (const [state, from, to] of phases) {
        step(state, from, 1);
        step(state, to, -1);
      }
    }
    const sums = Object.fromEntries(STACK.map((state) => [state, 0]));
    for (let column = 0; column < columns; column += 1) {
      let y = base;
      for (const state of STACK) {
        sums[state] += counts[state][column];
        const tall = sums[state] * heightOfOne;
        if (tall <= 0.01) continue;
        y -= tall;
        boxes[state].push([axis.left + column, y, 1, tall]);
      }
    }
  }

  /** Shows the picture as it was at this moment, with one request marked. */
  show(time, chosen) {
    const { layer, axis, scale, width, height, colours } = this;
    const { pen } = prepare(this.canvas);
    const edge = Math.min(axis.x(time), width);
    drawGrid(pen, height, axis, colours);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalAlpha = FAINT;
    pen.drawImage(layer, 0, 0);
    pen.globalAlpha = 1;
    const pixels = Math.max(1, Math.min(Math.round(edge * scale), layer.width));
    pen.drawImage(layer, 0, 0, pixels, layer.height, 0, 0, pixels, layer.height);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.names();
    if (this.run.ideal !== null) this.ideal();
    if (time < axis.end) {
      pen.fillStyle = colours.accent;
      pen.fillRect(edge - 1, 0, 2, height);
    }
    if (chosen !== null && this.run.row[chosen] >= 0) this.mark(chosen);
  }

  ideal() {
    const { pen, run, axis, width, height, colours } = this;
    const x = axis.x(run.ideal);
    if (x <= width) {
      drawMark(pen, x, height, 'ideal', colours);
      return;
    }
    // On a ground of its own, so that it can be read on any hatch.
    const text = words.goesOn(exactSeconds(run.elapsed));
    const wide = pen.measureText(text).width;
    pen.fillStyle = colours.ground;
    pen.fillRect(width - wide - 10, height / 2 - 9, wide + 8, 18);
    pen.fillStyle = colours.text;
    pen.fillText(text, width - 6, height / 2);
  }

  /** The names of the lanes, where there is room, and the borders between them. */
  names() {
    const { pen, run, axis, rowHeight } = this;
    pen.font = axis.font;
    pen.textBaseline = 'middle';
    pen.textAlign = 'right';
    pen.fillStyle = this.colours.quiet;
    let last = -Infinity;
    for (const [first, next] of run.bands) {
      const middle = ((first + next) / 2) * rowHeight;
      if (middle - last >= 11.9) {
        pen.fillText(axis.isNarrow ? run.lanes[first] : run.laneName(first), axis.left - 8, middle);
        last = middle;
      }
      // Rows of one thread each are told apart by themselves.
      if (first > 0 && next - first > 1) {
        pen.fillRect(axis.left - 6, Math.round(first * rowHeight) - 1, axis.plot + 6, 1);
      }
    }
  }

  mark(i) {
    const { pen, run, axis, rowHeight, height, colours } = this;
    const high = Math.max(rowHeight, 6);
    const y = Math.min(Math.max((run.row[i] + 0.5) * rowHeight - high / 2, 2), height - high - 2);
    const from = axis.x(run.sent[i]);
    const wide = Math.max(axis.x(run.end[i]) - from, 4);
    pen.fillStyle = colours.chosen;
    pen.fillRect(from, y, wide, high);
    pen.strokeStyle = colours.text;
    pen.lineWidth = 2;
    pen.strokeRect(from - 1, y - 1, wide + 2, high + 2);
  }

  /** The request that is drawn at this point of the canvas, if there is one near. */
  at(x, y) {
    const { run, axis } = this;
    if (x < axis.left - 4 || run.rows.length === 0) return null;
    const row = Math.floor(y / this.rowHeight);
    const time = ((x - axis.left) / axis.plot) * axis.end;
    const found = run.find(Math.min(Math.max(row, 0), run.rows.length - 1), time);
    if (found === null) return null;
    const away = Math.max(axis.x(run.sent[found]) - x, x - axis.x(run.end[found]));
    return away < 12 ? found : null;
  }
}
