// Takes the pictures of the report that docs/pictures/ has: scripts/browser --pictures

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { launch, openPage, picture, program } from './harness.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'three-seconds-'));
const browser = await launch();
try {
  await take('report-light', { dark: false });
  await take('report-dark', { dark: true }, '--max-concurrent', '16');
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

/** In the middle of the run of threads, with request 17 lit up. */
async function take(name, options, ...asked) {
  // The page shows the command, which is to hold no path of this machine.
  const file = 'report.html';
  execFileSync(program('compare'), [...asked, '--html', file], { cwd: folder, stdio: 'ignore' });
  const page = await openPage(browser, options);
  await page.goto(pathToFileURL(path.join(folder, file)).href);
  await page.locator('#until').selectOption({ index: 1 });
  await page.locator('#request').fill('17');
  await page.locator('#scrubber').fill('420');
  await page.locator('h1').click();
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(200);
  await picture(page, name);
}
