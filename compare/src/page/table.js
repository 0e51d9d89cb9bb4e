// What was measured of all clients. The columns are declared in compare/src/table/columns.rs
// and come with the data, as do their values.

function measuredTable({ columns, runs }) {
  const rows = runs.map((run) => columns.map(({ id, format }) => cellOf(run.values[id], format)));
  return scrollable(tableOf(hasIdeal ? words.measured : words.measuredAlone, columns.map(titleOf), rows));
}

/** A title; no line ends between a number and its unit. */
const titleOf = ({ title, format }) => ({
  title: translated(title).replaceAll(/(?<=\d) /g, '\u00a0'),
  isFigure: format !== 'text',
});

/** A value as its column has it shown: the rules are those of `Format` in columns.rs. */
function cellOf(value, format) {
  if ((value ?? null) === null) return '-';
  if (format === 'text' || format === 'figures') return value;
  if (format === 'difference') return difference(value);
  if (format === 'millis') return value.toFixed(value < 9.95 ? 1 : 0);
  if (format === 'times') return `${value.toFixed(value < 99.95 ? 1 : 0)}×`;
  const digits = format.number ?? format.seconds;
  const figure = value.toFixed(value < 1000 ? digits : Math.min(digits, 1));
  return format.seconds === undefined ? figure : `${figure} ${words.s}`;
}

/** A difference in the unit that suits it, with its sign. */
function difference(s) {
  const ms = s * 1e3;
  const [value, digits, unit] =
    Math.abs(ms) < 10 ? [ms, 1, 'ms'] : Math.abs(ms) < 1000 ? [ms, 0, 'ms'] : [s, 2, 's'];
  return `${value < 0 ? '' : '+'}${value.toFixed(digits)} ${words[unit]}`;
}

/** A table may be wider than the screen, and the keyboard alone has to scroll it. */
function scrollable(table) {
  const ariaLabel = table.caption.textContent;
  return make('div', { className: 'scroll', tabIndex: 0, role: 'group', ariaLabel, children: [table] });
}
