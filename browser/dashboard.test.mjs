// The live page of slow-server, in a real browser: what it shows is what the server counts,
// whoever sends it, and whatever becomes of the stream.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import { after, before, test } from 'node:test';

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

const PATIENCE_MS = 60_000;
const CONTROLS = [
  '#language', '#theme', '#clear', '#data summary', '#seconds', '#guess button', '#delay',
  '#jitter', '#fail_rate', '#max_concurrent', '#settings button', '#reset',
];

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** A server of this test's own, which ends with it. */
async function serve(t, ...options) {
  const address = options.includes('--addr') ? [] : ['--addr', '127.0.0.1:0'];
  const child = spawn(program('slow-server'), [...address, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
  let said = '';
  child.stdout.setEncoding('utf8');
  const page = await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      said += text;
      const told = /live page +(http:\S+)\n/.exec(said);
      if (told) resolve(told[1]);
    });
    ended.then((code) => reject(new Error(`the server ended with ${code}`)));
  });
  const url = new URL(page).origin;
  const stats = async () => (await fetch(`${url}/api/stats`)).json();
  return { url, page, port: new URL(page).port, child, ended, stats };
}

/** A request for the page, which ends when the test does. */
function ask(t, server, headers, path = '/', options = {}) {
  const request = http.get(`${server.url}${path}`, { headers, agent: false, ...options });
  request.on('error', () => {});
  request.on('response', (response) => response.resume());
  t.after(() => request.destroy());
  return request;
}

/** A client of the workspace. */
function run(t, server, name, ...flags) {
  const child = spawn(program(`client-${name}`), ['--url', server.url, '--quiet', ...flags], {
    stdio: 'ignore',
  });
  t.after(() => child.kill('SIGKILL'));
  return new Promise((resolve) => child.on('exit', resolve));
}

async function open(server, options) {
  const page = await openPage(browser, options);
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(server.page);
  await page.waitForSelector('#state.live');
  return page;
}

const shows = (page, id, text) =>
  page.waitForFunction(
    ([name, wanted]) => document.getElementById(name).textContent === wanted,
    [id, text],
  );

/** Waits until there are so many lanes, and tells their clients. */
async function lanes(page, count) {
  await page.waitForFunction((many) => document.querySelectorAll('.lane').length === many, count);
  return page.$$eval('.lane h3', (names) => names.map((name) => name.firstChild.data));
}

/** Forgets what the browser says of a server that is meant to be away, or to refuse. */
function forgive(page, ...patterns) {
  page.troubles = page.troubles.filter((said) => !patterns.some((pattern) => pattern.test(said)));
}

test('lanes appear while requests wait, and the large numbers are the server’s', async (t) => {
  const server = await serve(t, '--delay', '1h');
  const page = await open(server);
  await page.waitForSelector('#empty:not([hidden])');
  for (let i = 0; i < 8; i += 1) ask(t, server, { 'x-client': 'threads', 'x-run': '1' });
  await shows(page, 'in_flight', '8');
  ask(t, server, { 'x-client': 'sync', 'x-run': '2' });
  await shows(page, 'in_flight', '9');
  assert.deepEqual(await lanes(page, 2), ['threads', 'sync']);
  const rows = await page.$$eval('.lane canvas', (all) => all.map(({ dataset }) => dataset.rows));
  assert.deepEqual(rows, ['8', '1']);
  await shows(page, 'peak_in_flight', '9');
  await closePage(page);
});

test('in flight is all that has not ended, and names the part that is queued', async (t) => {
  const server = await serve(t, '--delay', '1h', '--max-concurrent', '2');
  const page = await open(server);
  for (let i = 0; i < 5; i += 1) ask(t, server, { 'x-client': 'async', 'x-run': '1' });
  await shows(page, 'in_flight', '5');
  await shows(page, 'queued', '3');
  await shows(page, 'peak_in_flight', '2');
  assert.match(await page.textContent('.lane .main'), /^5 in flight, /);
  assert.equal(await page.textContent('.lane .facts'), '0 succeeded of 5 sent, most served 2, 3 queued');
  await page.click('#data summary');
  await page.waitForSelector('#data tbody td');
  const table = await page.$$eval('#data tr', ([head, row]) =>
    Object.fromEntries([...head.cells].map((cell, i) => [cell.textContent, row.cells[i].textContent])),
  );
  assert.equal(table['in flight'], '5');
  assert.equal(table.queued, '3');
  assert.equal(table['most served'], '2');
  await closePage(page);
});

test('the picture agrees with what the server saw of a real client', async (t) => {
  const server = await serve(t, '--delay', '200ms');
  const page = await open(server);
  // In chunks it should take 8 waits, though 20 by fours look like 5.
  await run(t, server, 'threads', '-n', '20', '--threads', '4', '--chunk-size', '4');
  await shows(page, 'answered', '20');
  await lanes(page, 1);
  await page.waitForSelector('.lane:not(.waits)');
  const { peak_in_flight: peak } = await server.stats();
  assert.equal(peak, 4);
  assert.equal(await page.getAttribute('.lane canvas', 'data-rows'), String(peak));
  assert.match(await page.textContent('.lane .main'), /^\d\.\d\d s ideal 1\.6 s$/);
  await page.click('#data summary');
  await page.waitForFunction(() => document.querySelector('tbody td:last-child')?.textContent === '1.6 s');
  await closePage(page);
});

test('who says no ideal has none, and nonsense is not one', async (t) => {
  const server = await serve(t, '--delay', '1ms');
  const page = await open(server);
  ask(t, server, { 'x-client': 'curl' });
  await lanes(page, 1);
  ask(t, server, { 'x-client': 'liar', 'x-ideal-ms': '1e9' });
  await lanes(page, 2);
  await page.waitForFunction(() => !document.querySelector('.lane.waits'));
  for (const main of await page.$$eval('.lane .main', (all) => all.map((one) => one.textContent))) {
    assert.match(main, /^\d\.\d\d s ideal unknown$/);
  }
  await page.click('#data summary');
  await page.waitForSelector('#data tbody td');
  const ideals = await page.$$eval('tbody td:last-child', (all) => all.map((one) => one.textContent));
  assert.deepEqual(ideals, ['unknown', 'unknown']);
  await closePage(page);
});

test('a run that is over while it is drawn does not stay as it was', async (t) => {
  const server = await serve(t, '--delay', '1ms');
  const page = await open(server);
  await page.evaluate(() => {
    const real = performance.now.bind(performance);
    let jump = 0;
    performance.now = () => real() + jump;
    const { toggle } = DOMTokenList.prototype;
    // Drawing a lane that waits takes so long that it is over afterwards.
    DOMTokenList.prototype.toggle = function (name, isOn) {
      if (name === 'waits' && isOn) jump += 600;
      return toggle.call(this, name, isOn);
    };
  });
  ask(t, server, { 'x-client': 'curl' });
  await lanes(page, 1);
  await page.waitForFunction(() => !document.querySelector('.lane.waits'));
  await closePage(page);
});

test('no two requests in a row overlap, and there are as many rows as were in flight', async (t) => {
  let seed = 7;
  const draw = (below) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const rounds = Array.from({ length: 500 }, () => {
    let now = 0;
    const requests = Array.from({ length: 1 + draw(40) }, (_, number) => {
      now += draw(20);
      return [number, now, now, now + 1 + draw(100), 2];
    });
    return { requests, now };
  });
  const page = await open(await serve(t));
  const placed = await page.evaluate(async (all) => {
    const { rowsOf } = await import('/dashboard/lane-canvas.mjs');
    return all.map(({ requests, now }) => rowsOf(requests, now));
  }, rounds);
  await closePage(page);
  for (const [round, { requests }] of rounds.entries()) {
    const { rows, count } = placed[round];
    const inFlight = (ms) => requests.filter(([, from, , to]) => from <= ms && ms < to).length;
    assert.equal(count, Math.max(...requests.map(([, from]) => inFlight(from))));
    const freeFrom = [];
    requests.forEach(([, from, , to], index) => {
      assert.ok((freeFrom[rows[index]] ?? 0) <= from);
      freeFrom[rows[index]] = to;
    });
  }
});

test('a label from outside is text, and nothing of it is run', async (t) => {
  const server = await serve(t, '--delay', '1h');
  const page = await open(server);
  const evil = '<img src=x onerror=globalThis.ran=1>';
  ask(t, server, { 'x-client': evil, 'x-run': '"><script>globalThis.ran=1</script>' });
  assert.deepEqual(await lanes(page, 1), [evil]);
  assert.match(await page.textContent('.lane .run'), /"><script>globalThis\.ran=1<\/script>/);
  await page.click('#data summary');
  await page.waitForFunction((text) => document.querySelector('tbody th')?.textContent === text, evil);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  assert.equal(await page.locator('main img, main script').count(), 0);
  await closePage(page);
});

test('programs without a name go by their User-Agent, and by their address if need be', async (t) => {
  const server = await serve(t, '--delay', '1h');
  const page = await open(server);
  ask(t, server, {}, '/?client=%E5%B0%8F%E7%8E%8B');
  await lanes(page, 1);
  ask(t, server, { 'user-agent': 'curl/8' });
  assert.deepEqual(await lanes(page, 2), ['小王', 'curl/8']);
  const runs = () => page.$$eval('.lane .run', (all) => all.map((one) => one.textContent));
  assert.deepEqual(await runs(), ['', '']);
  ask(t, server, { 'user-agent': 'curl/8' }, '/', { localAddress: '127.0.0.2' });
  assert.deepEqual(await lanes(page, 3), ['小王', 'curl/8', 'curl/8']);
  assert.deepEqual(await runs(), ['', '127.0.0.1', '127.0.0.2']);
  await closePage(page);
});

test('of the number of a run without a name, the last four digits are shown', async (t) => {
  const server = await serve(t, '--delay', '1h');
  const page = await open(server);
  ask(t, server, { 'x-client': 'async', 'x-run': '2483228226' });
  ask(t, server, { 'x-client': 'async', 'x-run': 'Anna 2483228226' });
  await lanes(page, 2);
  const runs = await page.$$eval('.lane .run', (all) => all.map((one) => one.textContent));
  assert.deepEqual(runs, ['run 8226', 'Anna 2483228226']);
  await page.click('#data summary');
  await page.waitForSelector('#data tbody td');
  const cells = await page.$$eval('#data tbody td:nth-child(2)', (all) => all.map((one) => one.textContent));
  assert.deepEqual(cells, runs);
  await closePage(page);
});

test('with a class of 30, time and ideal of each run stay in sight', async (t) => {
  const server = await serve(t, '--delay', '20ms');
  const names = Array.from({ length: 30 }, (_, i) => ['Anna', '小王', 'x'.repeat(40)][i % 3] + i).map(
    (name) => name.slice(-40),
  );
  // A few at a time: it is about the page, and not about the machine.
  for (let i = 0; i < names.length; i += 5) {
    const group = names.slice(i, i + 5);
    await Promise.all(group.map((name) => run(t, server, 'async', '-n', '4', '--name', name)));
  }
  ask(t, server, { 'x-client': 'curl' }, '/?delay=1m');
  for (const dark of [false, true]) {
    for (const size of [{ width: 1280, height: 800 }, { width: 1024, height: 768 }, 'phone']) {
      const what = `${dark ? 'dark' : 'light'}, ${size.width ?? size}`;
      const page = await open(server, { size, dark });
      const clients = await lanes(page, 31);
      assert.equal(clients[0], 'curl', 'the newest is first');
      const runs = await page.$$eval('.lane .run', (all) => all.map((one) => one.textContent));
      assert.deepEqual(runs.slice(1).toSorted(), names.toSorted());
      await page.waitForFunction(() => document.querySelectorAll('.lane.waits').length === 1);
      await assertFits(page, what);
      await assertAccessible(page, what);
      await picture(page, `class-top-${dark ? 'dark' : 'light'}-${size.width ?? size}`);
      // Above the first line, in the middle, and at the last one, the columns have their names.
      for (const nth of [0, 15, 30]) {
        const lane = page.locator('.lane').nth(nth);
        await lane.evaluate((line) => line.scrollIntoView({ block: 'center' }));
        const [time, ideal, succeeded] = await page.$$eval('#columns span', ([, ...all]) =>
          all.map((one) => {
            const { top, bottom, left, right } = one.getBoundingClientRect();
            const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
            return { text: one.textContent, right, isSeen: seen === one, isWhole: one.scrollWidth <= one.clientWidth + 1 };
          }),
        );
        const titles = [time, ideal, succeeded].map(({ text }) => text);
        if (size !== 'phone') assert.ok(succeeded.isWhole, `${what}: the last title is cut off`);
        assert.deepEqual(titles, ['time', 'ideal', 'succeeded / sent']);
        assert.ok(time.isSeen && ideal.isSeen, `${what}, line ${nth}: the columns are out of sight`);
        const cells = await lane.evaluate((line) =>
          ['.main b', '.beside'].map((cell) => {
            const element = line.querySelector(cell);
            const { right, left, width } = element.getBoundingClientRect();
            return { text: element.textContent, left, right, isWhole: element.scrollWidth <= width + 1 };
          }),
        );
        for (const [cell, column] of [[cells[0], time], [cells[1], ideal]]) {
          assert.ok(cell.isWhole && Math.abs(cell.right - column.right) < 1, JSON.stringify([what, cell, column]));
        }
        assert.match(cells[0].text, /^\d+\.\d+ s$/);
        assert.equal(cells[1].text, nth === 0 ? 'unknown' : '0.02 s');
      }
      await picture(page, `class-end-${dark ? 'dark' : 'light'}-${size.width ?? size}`);
      await closePage(page);
    }
  }
});

test('a reload in the middle of a run shows the same', async (t) => {
  const server = await serve(t, '--delay', '1h');
  const page = await open(server);
  for (let i = 0; i < 5; i += 1) ask(t, server, { 'x-client': 'async', 'x-run': '1' });
  await shows(page, 'in_flight', '5');
  const look = async () => ({
    names: await lanes(page, 1),
    facts: await page.textContent('.lane .facts'),
    rows: await page.getAttribute('.lane canvas', 'data-rows'),
    peak: await page.textContent('#peak_in_flight'),
  });
  const before = await look();
  await page.reload();
  await shows(page, 'in_flight', '5');
  assert.deepEqual(await look(), before);
  await closePage(page);
});

test('it finds the server again by itself, and says so while it does not', async (t) => {
  const first = await serve(t, '--delay', '1h');
  const page = await open(first);
  ask(t, first, { 'x-client': 'async', 'x-run': '1' });
  await shows(page, 'in_flight', '1');
  const asked = performance.now();
  first.child.kill('SIGINT');
  assert.equal(await first.ended, 0);
  const took = performance.now() - asked;
  assert.ok(took < 2000, `${took} ms until the exit, with a stream open`);
  await page.waitForSelector('#state.lost');
  const second = await serve(t, '--addr', `127.0.0.1:${first.port}`, '--delay', '1h');
  await page.waitForSelector('#state.live');
  await shows(page, 'in_flight', '0');
  await lanes(page, 0);
  ask(t, second, { 'x-client': 'sync', 'x-run': '2' });
  assert.deepEqual(await lanes(page, 1), ['sync']);
  forgive(page, /ERR_CONNECTION_REFUSED/, /ERR_INCOMPLETE_CHUNKED/);
  await closePage(page);
});

test('a page that nobody looks at leaves the stream, and comes back to it', async (t) => {
  const server = await serve(t, '--delay', '1h');
  const page = await open(server);
  let streams = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/api/events')) streams += 1;
  });
  const look = (isHidden) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  await look(true);
  await page.waitForTimeout(6000);
  ask(t, server, { 'x-client': 'async', 'x-run': '1' });
  await page.waitForTimeout(500);
  assert.equal(await page.textContent('#in_flight'), '0');
  await look(false);
  await shows(page, 'in_flight', '1');
  assert.equal(streams, 1);
  await closePage(page);
});

test('the controls change the server, and a wrong value is refused with a sentence', async (t) => {
  const server = await serve(t);
  const page = await open(server);
  await page.waitForFunction(() => document.getElementById('delay').value === '3');
  await page.fill('#delay', '0.25');
  await page.fill('#jitter', '0.1');
  await page.fill('#fail_rate', '12.5');
  await page.fill('#max_concurrent', '4');
  await page.press('#max_concurrent', 'Enter');
  await shows(page, 'outcome', 'Applied to all requests from now on.');
  const { delay_ms, jitter_ms, fail_rate, max_concurrent } = await server.stats();
  assert.deepEqual([delay_ms, jitter_ms, fail_rate, max_concurrent], [250, 100, 0.125, 4]);

  // Another page is told, without a word of its own.
  const other = await open(server, { language: 'zh-CN' });
  await other.waitForFunction(() => document.getElementById('delay').value === '0.25');
  await other.fill('#max_concurrent', '');
  await other.click('#settings button');
  await page.waitForFunction(() => document.getElementById('max_concurrent').value === '');
  await closePage(other);

  await page.fill('#delay', '2592000');
  await page.fill('#jitter', '2592000');
  await page.evaluate(() => document.getElementById('delay').removeAttribute('max'));
  await page.fill('#delay', '2592001');
  await page.click('#settings button');
  await shows(page, 'outcome', 'delay: at most 30days\n');
  forgive(page, /status of 400/);
  await closePage(page);
});

test('a guess is compared with what the run took', async (t) => {
  const server = await serve(t, '--delay', '300ms');
  const page = await open(server);
  await page.fill('#seconds', '10');
  await page.press('#seconds', 'Enter');
  await shows(page, 'verdict', 'Your guess: 10 s. Now start a client.');
  const ended = run(t, server, 'sync', '-n', '3');
  await page.waitForFunction(() => /is running/.test(document.getElementById('verdict').textContent));
  await ended;
  await page.waitForFunction(() => /It took/.test(document.getElementById('verdict').textContent));
  const said = await page.textContent('#verdict');
  assert.match(
    said,
    /^Your guess: 10 s\. It took \d\.\d\d s \(ideal: 0\.9 s\)\. The guess was \d\.\d+ s too high\.$/,
  );
  // It is about this run for good, also after a reload.
  await page.reload();
  await shows(page, 'verdict', said);
  await closePage(page);
});

test('where there is a token, the page asks for it once', async (t) => {
  const server = await serve(t, '--token', 'correct-horse');
  const page = await open(server);
  await page.click('#reset');
  await page.fill('#token', 'wrong-wrong-wrong');
  await page.keyboard.press('Enter');
  await shows(page, 'outcome', 'The server did not accept this token.');
  await page.click('#reset');
  await assertAccessible(page, 'the page with its question for the token');
  await page.fill('#token', 'correct-horse');
  await page.keyboard.press('Enter');
  await shows(page, 'outcome', 'Counts reset.');
  await page.reload();
  // The first snapshot fills in the settings in force, and would write over a half-filled field.
  await page.waitForFunction(() => document.getElementById('jitter').value === '0');
  await page.fill('#delay', '1');
  await page.click('#settings button');
  await shows(page, 'outcome', 'Applied to all requests from now on.');
  assert.equal((await server.stats()).delay_ms, 1000);
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('horse')), false);
  forgive(page, /status of 401/);
  await closePage(page);
});

test('a page of another origin changes nothing, and cannot put this one in a frame', async (t) => {
  const server = await serve(t);
  const elsewhere = http.createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>Evil</title><iframe src="${server.page}"></iframe>`);
  });
  await new Promise((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  t.after(() => elsewhere.close());
  const origin = `http://127.0.0.1:${elsewhere.address().port}`;
  const refused = await fetch(`${server.url}/api/settings`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: '{"delay": "0s"}',
  });
  assert.equal(refused.status, 403);

  const page = await openPage(browser);
  const answers = [];
  page.on('response', (answer) => answers.push([new URL(answer.url()).pathname, answer.status()]));
  await page.goto(origin);
  for (const path of ['/api/settings', '/api/stats/reset']) {
    await page.evaluate(
      (url) => fetch(url, { method: 'POST', mode: 'no-cors', body: '{"delay": "0s"}' }),
      server.url + path,
    );
    assert.deepEqual(answers.at(-1), [path, 403]);
  }
  assert.equal(page.frames().filter((frame) => frame.url() === server.page).length, 0);
  assert.equal((await server.stats()).delay_ms, 3000);
  await page.context().close();
});

test('axe finds nothing, it fits, and the keyboard reaches everything', async (t) => {
  const server = await serve(t, '--delay', '1h', '--max-concurrent', '12');
  for (let i = 0; i < 14; i += 1) ask(t, server, { 'x-client': 'async', 'x-run': '1' });
  ask(t, server, { 'x-client': 'a-name-of-forty-characters-without-a-break', 'x-run': '2'.repeat(40) });
  ask(t, server, {}, '/?delay=1ms');
  for (const dark of [false, true]) {
    for (const language of ['en-US', 'zh-CN']) {
      for (const size of Object.keys(SIZES)) {
        const what = `${dark ? 'dark' : 'light'}, ${language}, ${size}`;
        const page = await open(server, { size, dark, language });
        await lanes(page, 3);
        await page.click('#data summary');
        await page.waitForSelector('#data tbody td');
        await assertAccessible(page, what);
        await assertFits(page, what);
        assert.equal(await page.getAttribute('html', 'lang'), language === 'en-US' ? 'en' : language);
        await picture(page, `dashboard-${size}-${dark ? 'dark' : 'light'}-${language}`);
        if (size === '1280') {
          await assertReachable(page, [...CONTROLS, '.scroll']);
          // The switches do what the browser's own settings do.
          await page.press('#theme', 'Enter');
          await page.press('#language', 'Enter');
          await assertAccessible(page, `${what}, both switched`);
        }
        await closePage(page);
      }
    }
  }
});

test('who wants no motion gets two pictures a second', async (t) => {
  const server = await serve(t, '--delay', '1h');
  ask(t, server, { 'x-client': 'async', 'x-run': '1' });
  const page = await open(server, { still: true });
  await lanes(page, 1);
  const changes = await page.evaluate(async () => {
    let count = 0;
    const seen = new MutationObserver(() => (count += 1));
    seen.observe(document.querySelector('.lane .main'), { characterData: true, subtree: true });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return count;
  });
  assert.ok(changes >= 1 && changes <= 7, `${changes} changes in 3 s`);
  await closePage(page);
});

test('with 10,000 in flight the page stays alive', async (t) => {
  const server = await serve(t, '--delay', '30s');
  const page = await open(server);
  const ended = run(t, server, 'async', '-n', '10000', '--timeout', '120s');
  const began = performance.now();
  while ((await server.stats()).in_flight < 10_000) {
    assert.ok(performance.now() - began < 29_000, 'there were never 10,000 at once');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await shows(page, 'in_flight', '10,000');
  const frames = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const start = performance.now();
        let count = 0;
        const next = () => {
          count += 1;
          const took = performance.now() - start;
          if (took < 3000) requestAnimationFrame(next);
          else resolve((count / took) * 1000);
        };
        requestAnimationFrame(next);
      }),
  );
  t.diagnostic(`${frames.toFixed(0)} frames a second with 10,000 in flight`);
  await page.fill('#seconds', '30');
  await page.press('#seconds', 'Enter');
  await page.waitForSelector('#verdict:not(:empty)');
  await picture(page, 'dashboard-10000');
  await ended;
  await shows(page, 'answered', '10,000');
  await closePage(page);
});

test('a race of all four, for people to look at', async (t) => {
  const server = await serve(t, '--delay', '1s');
  const pages = [];
  for (const options of [{ size: 1920, dark: true }, { size: 1280 }, { size: 'phone', dark: true }]) {
    pages.push([await open(server, options), options]);
  }
  const [first] = pages[0];
  await first.fill('#seconds', '6');
  await first.press('#seconds', 'Enter');
  const runs = [];
  const race = [
    ['sync', '-n', '12'],
    ['threads', '-n', '60'],
    ['async', '-n', '100', '-c', '20'],
    ['hybrid', '-n', '100'],
  ];
  for (const [index, flags] of race.entries()) {
    runs.push(run(t, server, ...flags));
    // In this order, whatever the machine is busy with.
    await lanes(first, index + 1);
  }
  await first.waitForTimeout(2600);
  for (const [page, { size, dark }] of pages) {
    assert.equal((await lanes(page, 4)).length, 4);
    await picture(page, `race-${size}-${dark ? 'dark' : 'light'}`);
  }
  await Promise.all(runs);
  await shows(first, 'answered', '272');
  await first.waitForTimeout(1000);
  for (const [page, { size, dark }] of pages) {
    await picture(page, `race-over-${size}-${dark ? 'dark' : 'light'}`);
    await closePage(page);
  }
});
