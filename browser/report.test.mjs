// The page of `compare --html`, opened from the disk as a person opens it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import {
  SIZES,
  assertAccessible,
  assertFits,
  assertReachable,
  closePage,
  launch,
  openPage,
  picture,
  program,
} from './harness.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'three-seconds-'));
const CLIENTS = clients();
let browser;

before(async () => {
  browser = await launch();
  compare('plain.html', '-n', '20', '--delay', '20ms');
  compare('limited.html', '-n', '20', '--delay', '10ms', '--max-concurrent', '4', '--fail-rate', '0.2');
  compare('slow.html', '-n', '20', '--delay', '100ms', '--only', 'sync');
  compare('chinese.html', '-n', '4', '--delay', '1ms', '--only', 'async', '--lang', 'zh-CN');
  compare('repeated.html', '-n', '20', '--delay', '5ms', '--repeat', '3');
  compare('large.html', '-n', '1000', '--delay', '1ms');
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Those that `compare` runs, in order. */
function clients() {
  const output = execFileSync(program('compare'), ['-n', '1', '--delay', '1ms', '--json'], { stdio: 'pipe' });
  return JSON.parse(output).runs.map((run) => run.client);
}

/** Has `compare` write a page; that requests failed is no fault of it. */
function compare(name, ...options) {
  const file = path.join(folder, name);
  const language = options.includes('--lang') ? [] : ['--lang', 'en'];
  try {
    execFileSync(program('compare'), [...options, ...language, '--html', file], { stdio: 'pipe' });
  } catch (error) {
    assert.equal(error.status, 1, String(error.stderr));
  }
}

/** Opens a page; with `chosen`, for a reader who chose that language before. */
async function open(name, { chosen, ...options } = {}) {
  const page = await openPage(browser, options);
  const choose = (language) => localStorage.setItem('three-seconds:language', JSON.stringify(language));
  if (chosen) await page.addInitScript(choose, chosen);
  await page.goto(pathToFileURL(path.join(folder, name)).href);
  return page;
}

const pictureOf = (page, client) => page.locator(`article:has(h3:text-is("${client}")) canvas`);

/** A number for what a canvas shows. */
const looks = (canvas) => canvas.evaluate((element) => element.toDataURL());

const scrub = (page, share) =>
  page.locator('#scrubber').evaluate((element, value) => {
    element.value = value;
    element.dispatchEvent(new Event('input'));
  }, share * 1000).then(() => shown(page));

/** Waits until what has changed is on the screen. */
const shown = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

test('the page is whole, and axe-core finds no fault in any theme or language', async () => {
  for (const name of ['plain.html', 'limited.html', 'large.html']) {
    for (const dark of [false, true]) {
      for (const language of ['en', 'zh-CN']) {
        const page = await open(name, { dark, chosen: language });
        const what = `${name}, ${dark ? 'dark' : 'light'}, ${language}`;
        assert.deepEqual(await page.locator('h3').allTextContents(), CLIENTS, what);
        assert.equal(await page.locator('#table tbody tr').count(), CLIENTS.length, what);
        const isChinese = (await page.locator('html').getAttribute('lang')) === 'zh-CN';
        assert.equal(isChinese, language === 'zh-CN', what);
        for (const summary of await page.locator('summary').all()) await summary.click();
        await page.locator('#request').fill('3');
        await assertAccessible(page, what);
        await closePage(page);
      }
    }
  }
});

test('a page opens in the language it was made in, and a choice of the reader is kept', async () => {
  const page = await open('chinese.html', { language: 'en-US' });
  const heading = () => page.locator('h1').textContent();
  assert.equal(await heading(), '等待的代价');
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  await page.locator('#language').click();
  assert.equal(await heading(), 'What waiting costs');
  await page.reload();
  assert.equal(await heading(), 'What waiting costs');
  await closePage(page);

  const english = await open('plain.html', { language: 'zh-CN' });
  assert.equal(await english.locator('h1').textContent(), 'What waiting costs');
  await closePage(english);
});

test('the switches change theme and language', async () => {
  const page = await open('plain.html', { language: 'de-DE' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const [light, drawn] = [await ground(), await looks(pictureOf(page, 'async'))];
  await page.locator('#theme').click();
  assert.notEqual(await ground(), light);
  assert.notEqual(await looks(pictureOf(page, 'async')), drawn);
  await assertAccessible(page, 'the page switched to dark');

  assert.equal(await page.locator('h1').textContent(), 'What waiting costs');
  const made = /^compare .*--html .* · \d{4}-\d\d-\d\d \d\d:\d\d UTC · .*\d CPUs? · /;
  assert.match(await page.locator('#setup').textContent(), made);
  await page.locator('#language').click();
  assert.match(await page.locator('#setup').textContent(), /超时 .*\d 个 CPU/);
  assert.equal(await page.locator('h1').textContent(), '等待的代价');
  for (const sentence of await page.locator('.why').allTextContents()) {
    assert.match(sentence, /\d+ 轮.*。$/);
  }
  assert.doesNotMatch(await page.locator('main').innerText(), /in flight|succeeded|undefined|NaN/);
  await closePage(page);
});

test('the keyboard alone reaches and works everything', async () => {
  const page = await open('plain.html');
  await assertReachable(page, [
    '#theme', '#language', '#play', '#speed', '#until', '#scrubber', '#request', '#clear',
    ...CLIENTS.map((_, i) => `article:nth-of-type(${i + 1}) canvas`),
    ...CLIENTS.map((_, i) => `article:nth-of-type(${i + 1}) summary`),
    '#table .scroll',
  ]);
  await pictureOf(page, 'threads').focus();
  const line = (client) => page.locator(`article:has(h3:text-is("${client}")) .line`).textContent();
  await page.keyboard.press('Home');
  for (const [key, number] of [['ArrowRight', 1], ['ArrowUp', 2], ['End', 19], ['PageDown', 9], ['ArrowLeft', 8]]) {
    await page.keyboard.press(key);
    for (const client of CLIENTS) {
      assert.match(await line(client), new RegExp(`^Request ${number}: .*, sent .*, succeeded `));
      assert.equal(await pictureOf(page, client).getAttribute('aria-valuenow'), String(number));
    }
  }
  await page.keyboard.press('Escape');
  assert.equal(await line('sync'), 'No request selected.');

  await page.locator('#scrubber').focus();
  await page.keyboard.press('Home');
  await page.locator('#moment:text-matches("^0\\.000 s of ")').waitFor();
  await page.locator('article').first().locator('summary').focus();
  await page.keyboard.press('Enter');
  await page.locator('article tbody tr').nth(19).waitFor();
  await closePage(page);
});

test('the scrubber shows the moment, and the last moment is the end', async () => {
  const page = await open('plain.html');
  const counts = (client) => page.locator(`article:has(h3:text-is("${client}")) .counts`).textContent();
  const whole = await looks(pictureOf(page, 'sync'));
  await scrub(page, 0);
  assert.notEqual(await looks(pictureOf(page, 'sync')), whole);
  assert.match(await counts('sync'), / 0 succeeded$/);

  // Half of the time of sync, which the others have long ended.
  await scrub(page, 0.5);
  assert.match(await counts('async'), /^0 in flight · 20 succeeded$/);
  const [, succeeded] = (await counts('sync')).match(/ (\d+) succeeded$/);
  assert.ok(succeeded > 2 && succeeded < 18, succeeded);
  await scrub(page, 1);
  for (const client of CLIENTS) assert.equal(await counts(client), '0 in flight · 20 succeeded');
  assert.equal(await looks(pictureOf(page, 'sync')), whole);
  await closePage(page);
});

test('played, the moment moves on at the chosen speed, and stops at the end', async () => {
  const page = await open('slow.html');
  await page.locator('#speed').selectOption('0.25');
  await page.locator('#play').click();
  assert.match(await page.locator('#play').textContent(), /Pause/);
  const moment = async () => Number.parseFloat(await page.locator('#moment').textContent());
  await page.waitForFunction(() => Number.parseFloat(document.getElementById('moment').textContent) > 0);
  await page.locator('#play').click();
  await shown(page);
  const paused = await moment();
  await page.waitForTimeout(100);
  assert.equal(await moment(), paused);
  await page.locator('#speed').selectOption('10');
  await page.locator('#play').click();
  await page.locator('#play:has-text("Play")').waitFor();
  const [, end] = (await page.locator('#moment').textContent()).match(/of (.*) s$/);
  assert.equal(await moment(), Number(end));
  await closePage(page);
});

test('a bar that is pointed at is lit in all four, with its facts', async () => {
  const page = await open('plain.html');
  await page.locator('#until').selectOption({ index: 1 });
  const before = await Promise.all(CLIENTS.map((client) => looks(pictureOf(page, client))));
  const box = await pictureOf(page, 'threads').boundingBox();
  // On a busy machine the first request begins late, and there is nothing to point at before.
  const table = page.locator('#request-table table');
  for (let x = 30; x < box.width - 92 && !(await table.isVisible()); x += 10) {
    await page.mouse.move(box.x + 92 + x, box.y + 4);
  }
  const number = Number(await page.locator('#request').inputValue());
  for (const [i, client] of CLIENTS.entries()) {
    const line = await page.locator(`article:has(h3:text-is("${client}")) .line`).textContent();
    assert.match(line, new RegExp(`^Request ${number}: `));
    // It may be beyond the right edge of a slower client than the view is made for.
    if (client !== 'sync') assert.notEqual(await looks(pictureOf(page, client)), before[i], client);
  }
  const cells = await page.locator('#request-table tbody tr').allInnerTexts();
  assert.equal(cells.length, CLIENTS.length);
  for (const row of cells) assert.match(row, /(thread|runtime) \d+\t[\d.]+ s\t[\d.]+ s\t[\d.]+ m?s\t.*page \(200\)$/);
  await page.locator('#clear').click();
  assert.equal(await page.locator('#request').inputValue(), '');
  await closePage(page);
});

test('what is drawn is what was measured', async () => {
  const page = await open('large.html');
  const measured = JSON.parse(await page.locator('#data').textContent());
  for (const [i, run] of measured.runs.entries()) {
    const article = page.locator('article').nth(i);
    await article.locator('summary').click();
    await article.locator('tbody').waitFor();
    const rows = (await article.locator('tbody tr').allInnerTexts()).map((row) =>
      row.split('\t').slice(2).map(Number),
    );
    const sum = (column) => rows.reduce((all, row) => all + row[column], 0);
    assert.equal(sum(0), 1000, `${run.client}: sent`);
    assert.equal(sum(1), 1000, `${run.client}: answered`);
    assert.equal(rows.at(-1)[4], 0);
    const peak = Math.max(...rows.map((row) => row[3]));
    const lanes = Array.isArray(run.drawn.lanes) ? run.drawn.lanes.length : null;
    if (lanes !== null && run.client === 'threads') assert.equal(peak, lanes);
    // The server cannot have seen more at once than were in flight.
    const seen = run.values.peak;
    assert.ok(peak >= seen, `${run.client}: ${peak}, the server saw ${seen}`);
  }
  await closePage(page);
});

test('in flight is what was sent and has not ended, and what the server served has another name', async () => {
  const page = await open('limited.html');
  const data = JSON.parse(await page.locator('#data').textContent());
  const heads = await page.locator('#table thead').innerText();
  assert.match(heads, /most served/);
  assert.doesNotMatch(heads, /in flight/);
  const until = Number(await page.locator('#until').inputValue());
  for (const share of [0.02, 0.1, 0.2]) {
    await scrub(page, share);
    const time = share * until * 1000;
    for (const [i, { client, drawn, values }] of data.runs.entries()) {
      let sent = 0;
      let inFlight = 0;
      for (const [n, after] of drawn.sent_after.entries()) {
        sent += after;
        if (sent <= time && time < sent + drawn.took[n]) inFlight += 1;
      }
      const counts = await page.locator('.counts').nth(i).textContent();
      const [, shown, , queued] = counts.match(/^(\d+) in flight( \((\d+) of them queued\))? · /);
      assert.equal(Number(shown), inFlight, `${client}: ${counts}`);
      assert.ok(Number(queued ?? 0) <= inFlight && values.peak <= 4, `${client}: ${counts}`);
    }
  }
  await closePage(page);
});

test('the table is whole on a projector, and no title of it breaks at every character', async () => {
  for (const width of [390, 1100, 1280, 1600]) {
    for (const chosen of ['en', 'zh-CN']) {
      const page = await open('repeated.html', { size: { width, height: 800 }, chosen });
      const { hidden, lines } = await page.locator('#table .scroll').evaluate((box) => ({
        hidden: box.scrollWidth - box.clientWidth,
        lines: [...box.querySelectorAll('thead th')].map((title) => {
          const range = document.createRange();
          range.selectNodeContents(title);
          return new Set([...range.getClientRects()].map(({ top }) => top)).size;
        }),
      }));
      const what = `${width}, ${chosen}`;
      if (width >= 1100) assert.equal(hidden, 0, what);
      assert.ok(Math.max(...lines) <= 2, `${what}: ${lines}`);
      await picture(page, `report-table-${width}-${chosen}`, { fullPage: true });
      await closePage(page);
    }
  }
});

test('it fits projectors and phones, and paper has it whole and light', async () => {
  for (const size of Object.keys(SIZES)) {
    for (const dark of [false, true]) {
      for (const language of ['en', 'zh-CN']) {
        const page = await open('limited.html', { size, dark, chosen: language });
        await assertFits(page, `${size}, ${language}`);
        await page.locator('#request').fill('3');
        for (const summary of await page.locator('summary').all()) await summary.click();
        await assertFits(page, `${size}, ${language}, with everything open`);
        await picture(page, `report-${size}-${dark ? 'dark' : 'light'}-${language}`, { fullPage: true });
        await closePage(page);
      }
    }
  }
  const page = await open('plain.html', { dark: true });
  await scrub(page, 0.1);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.waitForTimeout(100);
  const paper = await page.evaluate(() => getComputedStyle(document.body).color);
  const [red] = paper.match(/\d+/g).map(Number);
  assert.ok(red < 60, `ink is ${paper}`);
  assert.ok(await page.locator('#play').isHidden());
  assert.ok(await page.locator('#table').isVisible());
  assert.match(await page.locator('.counts').first().textContent(), /20 succeeded/);
  await picture(page, 'report-paper', { fullPage: true });
  await closePage(page);
});

test('who wants things to keep still gets steps, and nothing plays by itself', async () => {
  const page = await open('plain.html', { still: true });
  await page.locator('#speed').selectOption('0.25');
  assert.match(await page.locator('#play').textContent(), /Play/);
  await page.locator('#play').click();
  const changes = await page.evaluate(async () => {
    const seen = new Set();
    const until = performance.now() + 900;
    while (performance.now() < until) {
      seen.add(document.getElementById('moment').textContent);
      await new Promise(requestAnimationFrame);
    }
    return seen.size;
  });
  assert.ok(changes <= 6, `${changes} moments in 0.9 s`);
  await closePage(page);
});

/** A page with its data changed as a run of another kind would have it. */
async function openChanged(change, name = 'plain.html') {
  const plain = readFileSync(path.join(folder, name), 'utf8');
  const [head, rest] = plain.split('type="application/json" id="data">');
  const end = rest.indexOf('</script>');
  const data = JSON.parse(rest.slice(0, end));
  change(data);
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  const page = await openPage(browser);
  await page.setContent(`${head}type="application/json" id="data">${json}${rest.slice(end)}`);
  return page;
}

test('the last request is in the last slice, whenever it ended', async () => {
  // In microseconds: 40 times these and a fortieth of that is less, as computers count.
  const ends = [1601, 1602, 1604, 1615];
  const page = await openChanged(({ runs }) => {
    runs.forEach(({ drawn }, i) => Object.assign(drawn, { sent_after: 0, took: ends[i], queued: -1, waited: -1 }));
  }, 'large.html');
  for (const [i, client] of CLIENTS.entries()) {
    const article = page.locator('article').nth(i);
    await article.locator('summary').click();
    await article.locator('tbody').waitFor();
    const rows = await article.locator('tbody tr').allInnerTexts();
    const answered = rows.reduce((all, row) => all + Number(row.split('\t')[3]), 0);
    assert.equal(answered, 1000, client);
  }
  await closePage(page);
});

test('a run in which nothing was sent, and one without a report, have their place', async () => {
  const page = await openChanged(({ columns, runs: [first, second] }) => {
    Object.assign(first.drawn, { lanes: [], row: -1, took: 0, sent_after: 0, waited: -1, queued: -1, ending: 0 });
    first.drawn.endings = ['not-sent'];
    Object.assign(second, { drawn: null, problem: { en: 'it ended early', zh: '它提前结束了' } });
    for (const { id } of columns.slice(1)) second.values[id] = null;
  });
  assert.deepEqual(await page.locator('h3').allTextContents(), CLIENTS);
  const { en: why } = await page.evaluate(() => JSON.parse(document.getElementById('data').textContent).runs[1].why);
  assert.match(await page.locator('article').nth(1).innerText(), /it ended early/);
  assert.ok((await page.locator('article').nth(1).innerText()).includes(why), why);
  await page.locator('#request').fill('2');
  assert.equal(await page.locator('.line').first().textContent(), 'Request 2 was not sent');
  await page.locator('summary').first().click();
  await page.locator('article tbody tr').nth(19).waitFor();
  await pictureOf(page, 'sync').hover();
  await scrub(page, 0.5);
  assert.equal(await page.locator('.counts').first().textContent(), '0 in flight · 0 succeeded');
  await assertAccessible(page, 'a page of a run that failed');
  await closePage(page);
});

test('the latencies are a table and a histogram of each client, in both languages and themes', async () => {
  const page = await open('plain.html');
  const rows = await page.locator('#latency tbody tr').allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split(/\s/)[0]), CLIENTS);
  for (const row of rows) assert.deepEqual(row.split(/\s+/).slice(4, 6), ['-', '-'], row);
  assert.match(await page.locator('#latency-note').textContent(), /p99 needs at least 100 responses/);
  assert.equal(await page.locator('#histograms figure').count(), CLIENTS.length);
  const label = await page.locator('#histograms svg').first().getAttribute('aria-label');
  const counts = [...label.matchAll(/ms: (\d+)/g)].map(([, n]) => Number(n));
  assert.equal(counts.reduce((sum, n) => sum + n), 20, label);
  const colour = () => page.locator('#histograms rect').first().evaluate((bar) => getComputedStyle(bar).fill);
  const light = await colour();
  await page.locator('#theme').click();
  assert.notEqual(await colour(), light);
  await page.locator('#language').click();
  assert.equal(await page.locator('#latency-heading').textContent(), '响应时间');
  await closePage(page);
});

test('what a server said is shown as text, and cannot run', async () => {
  const nasty = '</script><img src=x onerror=alert(1)>';
  const page = await openChanged((data) => {
    Object.assign(data, { url: nasty, interrupted: true, not_run: [nasty] });
    const why = { en: nasty, zh: nasty };
    const values = Object.fromEntries(data.columns.map(({ id, format }) => [id, format === 'text' ? nasty : null]));
    data.runs[0].why = why;
    data.runs[0].drawn.endings = [nasty];
    data.runs.push({ client: nasty, problem: { en: nasty, zh: nasty }, why, values, drawn: null });
  });
  await page.locator('summary').first().click();
  await page.locator('#request').fill('0');
  assert.equal(await page.locator('img').count(), 0);
  assert.ok((await page.locator('main').innerText()).includes(nasty));
  // Even what got into the page by another way would not run.
  const refused = page.waitForEvent('console', (message) => /Content Security Policy/.test(message.text()));
  await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), '<img src="data:," onerror="alert(1)">');
  await refused;
  page.troubles = page.troubles.filter((trouble) => !/Content Security Policy/.test(trouble));
  await closePage(page);
});

test('of a server that tells nothing, the page shows nothing that only the server could know', async () => {
  const unknown = ['peak', 'ideal_s', 'overhead_s', 'scaled_s', 'tutorial_s'];
  const untold = (data) => {
    data.delay_ms = null;
    data.columns = data.columns.filter(({ id }) => !unknown.includes(id));
    for (const run of data.runs) {
      Object.assign(run.drawn, { queued: -1, waited: -1 });
      for (const id of unknown) run.values[id] = null;
      // What was said of this run, whose server told all.
      run.why = { en: 'sends all 20 at once.', zh: '20 个请求同时发出。' };
    }
  };
  const page = await openChanged(untold);
  const legend = () => page.locator('#legend li').allTextContents();
  assert.deepEqual(await legend(), ['in flight', 'selected request']);
  const conditions = () => page.locator('#conditions').textContent();
  // How many times as fast a client is, is measured: that needs no word of the server.
  const said = /does not report its delay\. The ideal times are therefore unknown\.(?: Compared with sync, \w+ is [\d.]+ times as fast\.)?$/;
  assert.match(await conditions(), said);
  await page.locator('#request').fill('3');
  for (const summary of await page.locator('summary').all()) await summary.click();
  const main = await page.locator('main').innerText();
  assert.doesNotMatch(main, /queued|waiting|client and network|most served|over ideal|measured and ideal|tutorial|undefined|NaN/i);
  await assertAccessible(page, 'the page of a server that tells nothing');
  await picture(page, 'report-untold', { fullPage: true });
  await page.locator('#language').click();
  assert.deepEqual(await legend(), ['在途', '选中的请求']);
  assert.doesNotMatch(await page.locator('main').innerText(), /等待中|客户端与网络|最大并发|超出理想/);
  await closePage(page);

  const assumed = await openChanged((data) => {
    untold(data);
    data.assumed_delay_ms = 20;
  });
  const text = await assumed.locator('#conditions').textContent();
  assert.match(text, /The ideal times assume that every response takes 20\.0 ms, independently of the others\.(?: Compared with sync, \w+ is [\d.]+ times as fast\.)?$/);
  await closePage(assumed);
});
