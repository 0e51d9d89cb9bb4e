// The judge is judged first: a page with faults is found out, one without is let be.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  assertAccessible,
  assertFits,
  assertReachable,
  closePage,
  launch,
  openPage,
} from './harness.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const GOOD = `<!doctype html><html lang="en"><title>Good</title>
  <main><h1>Good</h1><button id="one">Press</button></main></html>`;

test('a page without faults passes', async () => {
  const page = await openPage(browser);
  await page.setContent(GOOD);
  await assertAccessible(page, 'a good page');
  await assertFits(page, 'a good page');
  await assertReachable(page, ['#one']);
  await closePage(page);
});

test('what asks the network is stopped and told', async () => {
  const page = await openPage(browser);
  await page.setContent(GOOD);
  const came = await page.evaluate(() =>
    fetch('http://203.0.113.7/', { mode: 'no-cors' }).then(
      () => true,
      () => false,
    ),
  );
  assert.equal(came, false);
  await assert.rejects(closePage(page), /asked the network for http:\/\/203\.0\.113\.7\//);
});

test('errors on the console are told', async () => {
  const page = await openPage(browser);
  await page.setContent(GOOD);
  await page.evaluate(() => console.error('broken'));
  await page.evaluate(() => setTimeout(() => missing()));
  await page.waitForTimeout(50);
  await assert.rejects(closePage(page), /console error: broken[^]*missing is not defined/);
});

test('faults for those who do not see, use no mouse, or have a small screen are found', async () => {
  const page = await openPage(browser, { size: 'phone' });
  await page.setContent(`<!doctype html><html><title>Bad</title><main><h1>Bad</h1>
    <img src="data:,"><div id="one" onclick="1">Press</div><button id="two"
    style="outline: none">x</button><div style="width: 4000px">wide</div></main></html>`);
  await assert.rejects(assertAccessible(page, 'a bad page'), /image-alt/);
  await assert.rejects(assertReachable(page, ['#one'], 5), /does not reach/);
  await assert.rejects(assertReachable(page, ['#two'], 5), /does not show/);
  await assert.rejects(assertFits(page, 'a bad page'), /4\d\d\d pixels wide/);
  await page.context().close();
});
