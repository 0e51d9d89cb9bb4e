// The words of the pages: each in both languages, and a word for each place that asks for one.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { LANGUAGES } from '../slow-server/page/shared/words.mjs';

const { en, 'zh-CN': zh } = LANGUAGES;

test('both languages have the same words, of the same kind', () => {
  for (const [key, word] of Object.entries(en)) {
    assert.equal(typeof zh[key], typeof word, key);
    assert.equal(zh[key].length > 0, true, key);
    if (typeof word !== 'string') assert.equal(zh[key].length, word.length, key);
  }
});

/** The same in both languages: names, a unit, and what a switch shows of the other language. */
const UNTRANSLATED = ['title', 'worker', 'otherLanguage', 'ms'];
const isChinese = (text) => /\p{Script=Han}/u.test(text);

test('each word is translated, with the same numbers and with all of its values', () => {
  const numbers = (text) => text.replaceAll(/\$\{[^}]*\}/g, '').match(/\d+/g) ?? [];
  for (const [key, word] of Object.entries(en)) {
    const [english, chinese] = [word, zh[key]].map(String);
    if (!UNTRANSLATED.includes(key)) {
      assert.equal(isChinese(english), false, key);
      assert.equal(isChinese(chinese), true, key);
    }
    assert.deepEqual(numbers(english), numbers(chinese), key);
    if (typeof word === 'string') continue;
    const [values, text] = english.split(/ =>(.*)/s);
    for (const [value] of values.matchAll(/\w+/g)) {
      const use = new RegExp(`\\b${value}\\b`);
      assert.match(text, use, key);
      assert.match(chinese.split(/ =>(.*)/s)[1], use, key);
    }
  }
});

test('each word that a page asks for is there', () => {
  for (const page of ['../slow-server/page/dashboard.html', '../compare/src/page/page.html']) {
    const html = readFileSync(new URL(page, import.meta.url), 'utf8');
    for (const [, key] of html.matchAll(/data-word="([^"]+)"/g)) {
      assert.equal(typeof en[key], 'string', `${page}: ${key}`);
    }
  }
});
