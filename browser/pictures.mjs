// Takes the pictures of the pages that docs/pictures/ has: scripts/browser --pictures

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { launch, openPage, picture, program } from './harness.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'three-seconds-'));
const browser = await launch();
try {
  await takeReport();
  await takeLivePage();
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

/** In the middle of the run of threads, with request 17 lit up. */
async function takeReport() {
  // The page shows the command, which is to hold no path of this machine.
  const file = 'report.html';
  const options = ['--max-concurrent', '16', '--html', file];
  execFileSync(program('compare'), options, { cwd: folder, stdio: 'ignore' });
  const page = await openPage(browser, { dark: true });
  await page.goto(pathToFileURL(path.join(folder, file)).href);
  await page.locator('#until').selectOption({ index: 1 });
  await page.locator('#request').fill('17');
  await page.locator('#scrubber').fill('420');
  await page.locator('h1').click();
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(200);
  await picture(page, 'report-dark');
}

/** In the middle of a race, with a guess: `hybrid` is through, and the others are not. */
async function takeLivePage() {
  const server = spawn(program('slow-server'), ['--addr', '127.0.0.1:0', '--delay', '1s'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await addressOf(server);
    const page = await openPage(browser, { dark: true, size: 1920 });
    await page.goto(`${url}/dashboard`);
    await page.waitForSelector('#state.live');
    await page.fill('#seconds', '6');
    await page.press('#seconds', 'Enter');
    const race = { sync: ['4'], threads: ['32'], async: ['60', '-c', '20'], hybrid: ['100'] };
    const runs = [];
    for (const [name, options] of Object.entries(race)) {
      const all = ['--url', url, '--quiet', '-n', ...options];
      runs.push(once(spawn(program(`client-${name}`), all, { stdio: 'ignore' }), 'exit'));
      // So that the lanes are in this order.
      await page.waitForTimeout(100);
    }
    await page.waitForTimeout(2900);
    await picture(page, 'live-dark');
    await Promise.all(runs);
  } finally {
    server.kill();
  }
}

/** Where the server listens, which is in its first lines. */
async function addressOf(server) {
  let said = '';
  for await (const text of server.stdout.setEncoding('utf8')) {
    said += text;
    const found = /(http:\S+)\/dashboard\n/.exec(said);
    if (found) return found[1];
  }
  throw new Error('the server ended');
}
