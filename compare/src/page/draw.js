// The pictures. A picture is painted once, whole; a moment shows it in full up to there and
// faint beyond, so that a scrubber only ever moves an edge.

const GUTTER = 92;
const NARROW_GUTTER = 30;
const FAINT = 0.22;
const FONT = '12px system-ui, sans-serif';
const NAME_FONT = '11px system-ui, sans-serif';

/** The colours of the theme, as the style sheet has them. */
function paints() {
  const probe = document.createElement('span');
  document.body.append(probe);
  const names = ['ink', 'muted', 'line', 'panel', 'accent', 'lit', ...PARTS, ...PARTS.map((part) => `${part}-mark`)];
  const colours = {};
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return colours;
}

/** A fill that differs from the others in its pattern and not in its colour alone. */
function fill(part, colours, scale) {
  const size = 8;
  const tile = document.createElement('canvas');
  tile.width = tile.height = size * scale;
  const draw = tile.getContext('2d');
  draw.scale(scale, scale);
  draw.fillStyle = colours[part];
  draw.fillRect(0, 0, size, size);
  draw.strokeStyle = draw.fillStyle = colours[`${part}-mark`];
  draw.lineWidth = 1.2;
  draw.beginPath();
  if (part === 'waiting') {
    // Stripes that go on from tile to tile.
    for (const shift of [-size, 0, size]) {
      draw.moveTo(shift - 1, size + 1);
      draw.lineTo(shift + size + 1, -1);
    }
    draw.stroke();
  } else if (part === 'queued') {
    for (const [x, y] of [[2, 2], [6, 6]]) {
      draw.moveTo(x + 1.1, y);
      draw.arc(x, y, 1.1, 0, 7);
    }
    draw.fill();
  } else if (part === 'broken') {
    draw.moveTo(1, 1);
    draw.lineTo(7, 7);
    draw.moveTo(7, 1);
    draw.lineTo(1, 7);
    draw.stroke();
  }
  const pattern = draw.createPattern(tile, 'repeat');
  // The tile has the pixels of the device already.
  pattern.setTransform(new DOMMatrix().scale(1 / scale));
  return pattern;
}

/** Gives a canvas the size that it has on the screen, in the pixels of the device. */
function fit(canvas) {
  const scale = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  return { width, height, scale };
}

const gutter = (width) => (width < 560 ? NARROW_GUTTER : GUTTER);

/** Round steps of time, at most one for each 90 pixels. */
function ticks(end, width) {
  const rough = (end * 90) / Math.max(width, 90);
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * ten).find((candidate) => candidate >= rough);
  return { step, moments: Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step) };
}

class Picture {
  constructor(run, canvas) {
    Object.assign(this, { run, canvas, layer: document.createElement('canvas') });
  }

  /** As many rows as fit are drawn as rows; of more, their number. */
  get isDense() {
    return this.run.rows.length > this.size.height;
  }

  x(time) {
    return this.left + (time / this.until) * this.plot;
  }

  /** Paints everything but the moment. */
  paint(until, colours) {
    this.size = fit(this.canvas);
    const { width, height, scale } = this.size;
    Object.assign(this, { until, colours, left: gutter(width) });
    // A page that is being made or closed has no width at all.
    this.plot = Math.max(width - this.left - 1, 1);
    this.grid = ticks(until, this.plot).moments;
    this.draw = this.canvas.getContext('2d');
    Object.assign(this.layer, { width: this.canvas.width, height: this.canvas.height });
    const draw = this.layer.getContext('2d');
    draw.scale(scale, scale);
    const boxes = Object.fromEntries(PARTS.map((part) => [part, []]));
    if (this.isDense) this.density(boxes, height);
    else this.bars(boxes, height);
    draw.save();
    draw.beginPath();
    draw.rect(this.left, 0, this.plot + 1, height);
    draw.clip();
    for (const part of PARTS) {
      draw.fillStyle = fill(part, colours, scale);
      // Ten thousand boxes are soon filled, where one path of them takes seconds.
      for (const box of boxes[part]) draw.fillRect(...box);
    }
    draw.restore();
  }

  bars(boxes, height) {
    const { run } = this;
    const tall = height / run.rows.length;
    const gap = tall >= 4 ? 1 : 0;
    run.rows.forEach((requests, row) => {
      const y = row * tall;
      if (requests.length > this.plot / 3) {
        // More bars than can be told apart: their shares of each pixel, within the row.
        this.pile(boxes, requests, { base: y + tall - gap, one: tall - gap });
        return;
      }
      for (const i of requests) {
        const [sent, queued, worked, end] = run.stretches(i).map((time) => this.x(time));
        if (sent > this.left + this.plot) continue;
        // Between two requests of a row there is a seam, where it leaves something of them.
        const seam = end - sent > 4 ? 1 : 0;
        const bar = (part, from, to) => {
          if (to > from) boxes[part].push([from, y, to - from, tall - gap]);
        };
        if (run.gotPage(i)) {
          bar('own', sent, Math.min(queued, end - seam));
          bar('queued', queued, worked);
          bar('waiting', worked, end - seam);
        } else {
          bar('broken', sent, Math.max(end - seam, sent + 2));
        }
      }
    });
  }

  /** For each lane and column of pixels, how many were in each part, one upon the other. */
  density(boxes, height) {
    const { run } = this;
    const one = height / run.rows.length;
    for (const [first, next] of run.bands) {
      const requests = run.rows.slice(first, next).flat();
      this.pile(boxes, requests, { base: next * one, one });
    }
  }

  pile(boxes, requests, { base, one }) {
    const { run } = this;
    const columns = Math.ceil(this.plot);
    const share = this.until / columns;
    const counts = Object.fromEntries(PARTS.map((part) => [part, new Float64Array(columns + 2)]));
    // The share of each column that a stretch covers: two steps at its start and two at its
    // end, which a sum over all columns turns into the whole stretch.
    const step = (count, time, by) => {
      const at = Math.min(Math.max(time / share, 0), columns);
      const column = Math.floor(at);
      const covered = 1 - (at - column);
      count[column] += by * covered;
      count[column + 1] += by * (1 - covered);
    };
    for (const i of requests) {
      const moments = run.stretches(i);
      const stretches = run.gotPage(i)
        ? [['own', 0, 1], ['queued', 1, 2], ['waiting', 2, 3]]
        : [['broken', 0, 3]];
      for (const [part, from, to] of stretches) {
        step(counts[part], moments[from], 1);
        step(counts[part], moments[to], -1);
      }
    }
    const sums = { own: 0, queued: 0, waiting: 0, broken: 0 };
    for (let column = 0; column < columns; column += 1) {
      let y = base;
      for (const part of ['waiting', 'queued', 'own', 'broken']) {
        sums[part] += counts[part][column];
        const tall = sums[part] * one;
        if (tall > 0.01) {
          boxes[part].push([this.left + column, y - tall, 1, tall]);
          y -= tall;
        }
      }
    }
  }

  /** Shows the picture as it was at this moment, with one request lit up. */
  show(time, chosen) {
    const { draw, layer, colours } = this;
    const { width, height, scale } = this.size;
    const edge = Math.min(this.x(time), width);
    draw.setTransform(1, 0, 0, 1, 0, 0);
    draw.clearRect(0, 0, layer.width, layer.height);
    draw.fillStyle = colours.line;
    for (const moment of this.grid) {
      draw.fillRect(Math.round(this.x(moment) * scale), 0, scale, layer.height);
    }
    draw.globalAlpha = FAINT;
    draw.drawImage(layer, 0, 0);
    draw.globalAlpha = 1;
    const pixels = Math.max(1, Math.min(Math.round(edge * scale), layer.width));
    draw.drawImage(layer, 0, 0, pixels, layer.height, 0, 0, pixels, layer.height);
    draw.setTransform(scale, 0, 0, scale, 0, 0);
    this.frame(width, height);
    if (time < this.until) {
      draw.fillStyle = colours.accent;
      draw.fillRect(edge - 1, 0, 2, height);
    }
    if (chosen !== null) this.light(chosen);
  }

  frame(width, height) {
    const { draw, run, colours } = this;
    draw.font = FONT;
    draw.textBaseline = 'middle';
    this.names(height);

    if (run.ideal_us === null) return;
    const ideal = this.x(run.ideal_us);
    if (ideal > width) {
      this.note(words().goesOn(seconds(run.elapsed_us)), width - 6, height / 2, 'right');
      return;
    }
    draw.strokeStyle = colours.ink;
    draw.lineWidth = 2;
    draw.setLineDash([5, 3]);
    draw.beginPath();
    draw.moveTo(ideal, 0);
    draw.lineTo(ideal, height);
    draw.stroke();
    draw.setLineDash([]);
    const text = words().ideal(seconds(run.ideal_us));
    // What is measured may end a little beyond the ideal: the word keeps clear of that.
    const after = Math.max(ideal, Math.min(this.x(run.elapsed_us), ideal + 30)) + 8;
    const fits = after + draw.measureText(text).width + 6 < width;
    this.note(text, fits ? after : ideal - 8, Math.min(height / 2, 14), fits ? 'left' : 'right');
  }

  /** A word on a ground of its own, so that it can be read on any pattern. */
  note(text, x, y, align) {
    const { draw, colours } = this;
    const wide = draw.measureText(text).width;
    draw.fillStyle = colours.panel;
    draw.fillRect(align === 'left' ? x - 3 : x - wide - 3, y - 9, wide + 6, 18);
    draw.fillStyle = colours.ink;
    draw.textAlign = align;
    draw.fillText(text, x, y);
  }

  /** The names of the lanes, where there is room, and the borders between them. */
  names(height) {
    const { draw, run, colours } = this;
    const tall = height / run.rows.length;
    draw.textAlign = 'right';
    draw.font = NAME_FONT;
    let last = -Infinity;
    for (const [first, next] of run.bands) {
      const middle = ((first + next) / 2) * tall;
      if (middle - last >= 11.9) {
        const name = this.left > NARROW_GUTTER ? run.laneName(first) : run.lanes[first];
        draw.fillStyle = colours.muted;
        draw.fillText(name, this.left - 8, middle);
        last = middle;
      }
      // Rows of one thread each are told apart by themselves.
      if (first > 0 && next - first > 1) {
        draw.fillStyle = colours.muted;
        draw.fillRect(this.left - 6, Math.round(first * tall) - 1, this.plot + 6, 1);
      }
    }
    draw.font = FONT;
  }

  light(i) {
    const { draw, run, colours } = this;
    if (i >= run.n || run.row[i] < 0) return;
    const tall = this.size.height / run.rows.length;
    const high = Math.max(tall, 6);
    const y = Math.min(Math.max((run.row[i] + 0.5) * tall - high / 2, 2), this.size.height - high - 2);
    const from = this.x(run.sent[i]);
    const wide = Math.max(this.x(run.end[i]) - from, 4);
    draw.fillStyle = colours.lit;
    draw.fillRect(from, y, wide, high);
    draw.strokeStyle = colours.ink;
    draw.lineWidth = 2;
    draw.strokeRect(from - 1, y - 1, wide + 2, high + 2);
  }

  /** The request that is drawn at this point of the canvas, if there is one near. */
  at(x, y) {
    const row = Math.floor((y / this.size.height) * this.run.rows.length);
    const time = ((x - this.left) / this.plot) * this.until;
    if (x < this.left - 4 || this.run.rows.length === 0) return null;
    const found = this.run.find(Math.min(Math.max(row, 0), this.run.rows.length - 1), time);
    if (found === null) return null;
    const away = Math.max(this.x(this.run.sent[found]) - x, x - this.x(this.run.end[found]));
    return away < 12 ? found : null;
  }
}

/** The time axis, above all pictures and with the same scale. */
function paintAxis(canvas, until, colours) {
  const { width, height, scale } = fit(canvas);
  const draw = canvas.getContext('2d');
  draw.scale(scale, scale);
  draw.font = FONT;
  draw.fillStyle = colours.muted;
  draw.textBaseline = 'middle';
  const left = gutter(width);
  const plot = Math.max(width - left - 1, 1);
  const { step, moments } = ticks(until, plot);
  const digits = Math.max(0, Math.ceil(-Math.log10(step / 1e6)));
  for (const moment of moments) {
    const text = `${(moment / 1e6).toFixed(digits)} ${words().s}`;
    const x = left + (moment / until) * plot;
    const half = draw.measureText(text).width / 2;
    if (x + half > width) continue;
    draw.textAlign = 'center';
    draw.fillText(text, x, height / 2 - 2);
    draw.fillRect(Math.round(x), height - 5, 1, 5);
  }
}
