// How large the page of 4 × 10,000 requests is, how long it takes to open, and how many
// frames a second it scrubs at. Promised: under 2 s, and 30 or more.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { SIZES, launch, openPage, program } from './harness.mjs';

const TIMES = 5;
const SCRUB_MS = 3000;

const folder = mkdtempSync(path.join(tmpdir(), 'three-seconds-'));
const browser = await launch();
try {
  for (const requests of [100, 10_000]) await measure(requests);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

async function measure(requests) {
  const file = path.join(folder, `${requests}.html`);
  const options = ['-n', String(requests), '--delay', '1ms', '--html', file];
  execFileSync(program('compare'), options, { stdio: 'ignore' });
  const kilobytes = (statSync(file).size / 1e3).toFixed(0);
  console.log(`4 × ${requests} requests: ${kilobytes} kB`);
  for (const size of Object.keys(SIZES)) {
    const opened = [];
    const scrubbed = [];
    for (let time = 0; time < TIMES; time += 1) {
      const page = await openPage(browser, { size });
      await page.goto(pathToFileURL(file).href);
      opened.push(await page.evaluate(untilShown));
      scrubbed.push(await page.evaluate(scrub, SCRUB_MS));
      await page.context().close();
    }
    const frames = scrubbed.map(({ frames }) => frames);
    const slowest = scrubbed.map(({ slowest }) => slowest);
    console.log(
      `  ${size}: opens in ${spread(opened)} ms, scrubs at ${spread(frames)} frames a second, ` +
        `slowest frame ${spread(slowest)} ms`,
    );
  }
}

/** The milliseconds since the page was asked for, once its pictures are on the screen. */
function untilShown() {
  return new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
  });
}

/** Moves the scrubber in every frame, with a request lit up, and counts the frames. */
function scrub(long) {
  const scrubber = document.getElementById('scrubber');
  const request = document.getElementById('request');
  request.value = 17;
  request.dispatchEvent(new Event('input'));
  return new Promise((done) => {
    const began = performance.now();
    let [frames, last, slowest] = [0, began, 0];
    const frame = (now) => {
      slowest = Math.max(slowest, now - last);
      last = now;
      if (now - began >= long) {
        done({ frames: (frames * 1e3) / (now - began), slowest });
        return;
      }
      frames += 1;
      scrubber.value = (((now - began) / 1000) * 500) % 1000;
      scrubber.dispatchEvent(new Event('input'));
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** The median, and the least and the most. */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b).map((value) => value.toFixed(0));
  return `${sorted[sorted.length >> 1]} (${sorted[0]}–${sorted.at(-1)})`;
}
