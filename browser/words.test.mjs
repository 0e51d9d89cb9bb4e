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

test('each word that a page asks for is there', () => {
  for (const page of ['../slow-server/page/dashboard.html', '../compare/src/page/page.html']) {
    const html = readFileSync(new URL(page, import.meta.url), 'utf8');
    for (const [, key] of html.matchAll(/data-word="([^"]+)"/g)) {
      assert.equal(typeof en[key], 'string', `${page}: ${key}`);
    }
  }
});
