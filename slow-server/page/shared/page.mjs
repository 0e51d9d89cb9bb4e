// What both pages are made with: elements, the words of the language chosen, times, tables,
// and the two switches for language and theme.

import { LANGUAGES } from './words.mjs';

export const $ = (id) => document.getElementById(id);

/** An element with text and children; what comes from outside is only ever text. */
export function make(name, { text, children = [], ...properties } = {}) {
  const element = Object.assign(document.createElement(name), properties);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

/** Changes the page only where it is not so already: that is what costs. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Columns of a table, by their titles: of text, and of figures, which stand right. */
export const texts = (...titles) => titles.map((title) => ({ title, isFigure: false }));
export const figures = (...titles) => titles.map((title) => ({ title, isFigure: true }));

/** A table of these columns; the first heads the rows. */
export function tableOf(caption, columns, rows) {
  const cell = (text, i) => {
    const className = columns[i].isFigure ? 'figure' : '';
    return i === 0 ? make('th', { text, scope: 'row' }) : make('td', { text, className });
  };
  const head = columns.map(({ title, isFigure }) =>
    make('th', { text: title, scope: 'col', className: isFigure ? 'figure' : '' }),
  );
  const body = rows.map((row) => make('tr', { children: row.map(cell) }));
  return make('table', {
    children: [
      make('caption', { text: caption }),
      make('thead', { children: [make('tr', { children: head })] }),
      make('tbody', { children: body }),
    ],
  });
}

// Storage may be forbidden or full; then the page forgets, and works.

/** What was remembered: in 'localStorage' for good, in 'sessionStorage' for this tab. */
export function recall(storage, key) {
  try {
    return JSON.parse(globalThis[storage].getItem(`three-seconds:${key}`));
  } catch {
    return null;
  }
}

export function remember(storage, key, value) {
  try {
    globalThis[storage].setItem(`three-seconds:${key}`, JSON.stringify(value));
  } catch {
    // Nothing is lost that the page needs.
  }
}

// Language and theme.

// A choice goes first, then the language that a page was made in, if it was made for somebody.
export let language = recall('localStorage', 'language');
if (!(language in LANGUAGES)) language = document.documentElement.dataset.language;
if (!(language in LANGUAGES)) language = /^zh/i.test(navigator.language) ? 'zh-CN' : 'en';
export let words = LANGUAGES[language];

let theme = recall('localStorage', 'theme');
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const isDark = () => (theme ? theme === 'dark' : prefersDark.matches);

/** Calls `show` whenever the language or the theme is another, and now. */
export function onAppearance(show) {
  const refresh = () => {
    const root = document.documentElement;
    root.lang = language;
    if (theme) root.dataset.theme = theme;
    for (const element of document.querySelectorAll('[data-word]')) {
      setText(element, words[element.dataset.word]);
    }
    $('language').lang = language === 'en' ? 'zh-CN' : 'en';
    setText($('language'), words.otherLanguage);
    setText($('theme'), isDark() ? words.toLight : words.toDark);
    show();
  };
  $('language').addEventListener('click', () => {
    language = language === 'en' ? 'zh-CN' : 'en';
    words = LANGUAGES[language];
    remember('localStorage', 'language', language);
    refresh();
  });
  $('theme').addEventListener('click', () => {
    theme = isDark() ? 'light' : 'dark';
    remember('localStorage', 'theme', theme);
    refresh();
  });
  prefersDark.addEventListener('change', refresh);
  refresh();
}

/** A number with this many digits after the point, or fewer where they are noughts. */
export const formatted = (number, most = 0, least = 0) =>
  new Intl.NumberFormat(language, {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  }).format(number);

/** Milliseconds as seconds: `3.01 s`. */
export const seconds = (ms, most = 2, least = 0) =>
  `${formatted(ms / 1000, most, least)} ${words.s}`;
