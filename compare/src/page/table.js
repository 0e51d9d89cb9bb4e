// Tables. A column is `{ title, isFigure }`; those of the measured table are declared in
// `table/columns.rs` and come with the data, as do their values.

const text = (title) => ({ title, isFigure: false });
const figures = (...titles) => titles.map((title) => ({ title, isFigure: true }));

/** A table of these columns; the first heads the rows. */
function tableOf(caption, columns, rows) {
  const head = ({ title, isFigure }, i) => make('th', { text: title, scope: 'col', className: i > 0 && isFigure ? 'figures' : '' });
  const cell = (value, i) =>
    i === 0 ? make('th', { text: value, scope: 'row' }) : make('td', { text: value, className: columns[i].isFigure ? 'figure' : '' });
  const table = make('table', {
    children: [
      make('caption', { text: caption }),
      make('thead', { children: [make('tr', { children: columns.map(head) })] }),
      make('tbody', { children: rows.map((row) => make('tr', { children: row.map(cell) })) }),
    ],
  });
  const frame = make('div', { className: 'wide', tabIndex: 0, children: [table] });
  // It has to take the focus, since the keyboard alone has to scroll it.
  frame.setAttribute('role', 'group');
  frame.setAttribute('aria-label', caption);
  return frame;
}

/** What was measured of all runs, beside the ideal. */
function measuredTable({ columns, runs }) {
  const w = words();
  const titled = columns.map(({ title, format }) => ({ title: title[language.now], isFigure: format !== 'text' }));
  const rows = runs.map((run) => [...columns.map(({ id, format }) => formatted(run.values[id], format)), whyOf(run)]);
  const table = tableOf(w.measured, [...titled, text(w.why)], rows);
  for (const row of table.querySelectorAll('tr')) row.lastChild.className = 'sentence';
  return table;
}

/** A value as its column has it shown: the rules are those of `Format` in `columns.rs`. */
function formatted(value, format) {
  if (value === null) return '-';
  if (format === 'text') return value;
  if (format === 'difference') return difference(value);
  const digits = format.number ?? format.seconds;
  const figure = value.toFixed(value < 1000 ? digits : Math.min(digits, 1));
  return format.seconds === undefined ? figure : `${figure} ${words().s}`;
}

/** A difference in the unit that suits it, with its sign. */
function difference(seconds) {
  const millis = seconds * 1e3;
  const [value, digits, unit] =
    Math.abs(millis) < 10 ? [millis, 1, 'ms'] : Math.abs(millis) < 1000 ? [millis, 0, 'ms'] : [seconds, 2, 's'];
  return `${value < 0 ? '' : '+'}${value.toFixed(digits)} ${words()[unit]}`;
}
