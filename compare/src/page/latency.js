// The latencies of all clients: percentiles, and a histogram of each. The steps of a histogram
// come with the data, so that they are those of the terminal.

/** The units in which a histogram is drawn; the style sheet says how large they are. */
const HISTOGRAM = { width: 240, height: 90, gap: 2 };

function latencyTable({ latency_columns: columns, runs }) {
  const rows = runs.map((run) => columns.map(({ id, format }) => cellOf(run.values[id], format)));
  return scrollable(tableOf(words.latency, columns.map(titleOf), rows));
}

const histograms = ({ runs }) => runs.filter((run) => run.histogram).map(histogramOf);

function histogramOf({ client, histogram: { from_ms: from, step_ms: step, counts } }) {
  const ms = (value) => value.toFixed(1);
  const steps = counts.map((n, i) => words.stepOf(ms(from + step * i), ms(from + step * (i + 1)), n));
  const { width, height, gap } = HISTOGRAM;
  const [each, most] = [width / counts.length, Math.max(...counts)];
  const bars = counts.map((n, i) => {
    // One request among thousands is seen as well.
    const tall = n === 0 ? 0 : Math.max((n / most) * height, 1.5);
    const box = { x: each * i, y: height - tall, width: each - gap, height: tall };
    return svg('rect', box, [svg('title', {}, [steps[i]])]);
  });
  const picture = svg('svg', {
    class: 'histogram',
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': words.histogramOf(client, steps.filter((_, i) => counts[i] > 0).join('; ')),
  }, bars);
  const ends = [from, from + step * counts.length];
  const labels = ends.map((end) => make('span', { text: `${ms(end)} ${words.ms}` }));
  return make('figure', {
    children: [make('figcaption', { text: client }), picture, make('div', { className: 'ends', children: labels })],
  });
}

function svg(name, attributes, children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
