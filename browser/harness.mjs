// What every test of a page needs: the distribution's Chromium with a fresh profile, a page
// that can reach nothing but this machine, axe-core, and pictures to look at.
//
// axe-core is licensed under the MPL-2.0. It is put into the page by the test alone, and is
// no part of anything that is shipped.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(HERE);
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Widths that a page has to fit: two projectors, a phone. */
export const SIZES = {
  1280: { width: 1280, height: 800 },
  1920: { width: 1920, height: 1080 },
  phone: { width: 390, height: 844 },
};

// A page that asks for a name gets none, even where the route below were to miss it.
const NOBODY = 'MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]';

/** Starts Chromium, which `scripts/browser` found (`CHROMIUM`), with a fresh profile. */
export async function launch(options = {}) {
  const executablePath = process.env.CHROMIUM;
  assert.ok(executablePath, 'CHROMIUM names no browser; run scripts/browser');
  return chromium.launch({
    executablePath,
    // Root in a container has no sandbox to give.
    chromiumSandbox: process.getuid?.() !== 0 && !process.env.CI,
    args: [
      '--disable-gpu',
      '--disable-background-networking',
      `--host-resolver-rules=${NOBODY}`,
    ],
    ...options,
  });
}

/**
 * Opens an empty page in a context of its own. `page.troubles` gathers, as sentences, what
 * went wrong in it: errors on its console, exceptions, and every address beyond this machine
 * that it asked for, which is never let through.
 *
 * Options: `size` (a key of SIZES, or `{ width, height }`), `dark`, `language` (such as
 * `zh-CN`), `still` (prefers-reduced-motion), `touch`, `scale` (device pixels for each pixel).
 */
export async function openPage(browser, options = {}) {
  const { size = 1280, dark = false, language = 'en-US', still = false } = options;
  const viewport = SIZES[size] ?? size;
  const context = await browser.newContext({
    viewport,
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: still ? 'reduce' : 'no-preference',
    hasTouch: options.touch ?? size === 'phone',
    deviceScaleFactor: options.scale ?? (size === 'phone' ? 2 : 1),
  });
  const page = await context.newPage();
  page.troubles = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      page.troubles.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => page.troubles.push(`exception: ${error.message}`));
  await context.route(
    (url) => !isHere(url),
    (route) => {
      page.troubles.push(`asked the network for ${route.request().url()}`);
      return route.abort();
    },
  );
  return page;
}

function isHere(url) {
  const { protocol, hostname } = new URL(url);
  return (
    ['file:', 'data:', 'blob:', 'about:'].includes(protocol) ||
    ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  );
}

/** Closes the page with its context, and fails if anything went wrong in it. */
export async function closePage(page) {
  await page.context().close();
  assert.deepEqual(page.troubles, []);
}

/** Lets axe-core judge the page as it is now, and fails on any violation. */
export async function assertAccessible(page, what) {
  // Evaluated over the protocol, since the page's own policy lets no foreign script in.
  await page.evaluate(`${AXE}; undefined`);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  const told = violations.map(({ id, help, nodes }) => {
    const where = nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`);
    return `${id}: ${help}\n  ${where.join('\n  ')}`;
  });
  assert.deepEqual(told, [], `${what} has faults that axe-core finds`);
}

/** Fails if the page has to be moved sideways to be read. */
export async function assertFits(page, what) {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  assert.ok(scroll <= client, `${what}: ${scroll} pixels wide on a screen of ${client}`);
}

/**
 * Presses Tab until every one of the selectors has had the focus, and fails if one never
 * gets it, or gets it without an outline that shows where one is.
 */
export async function assertReachable(page, selectors, most = 200) {
  const missing = new Set(selectors);
  await page.evaluate(() => document.activeElement?.blur?.());
  for (let press = 0; press < most && missing.size > 0; press += 1) {
    await page.keyboard.press('Tab');
    for (const selector of [...missing]) {
      const focused = await page.evaluate((wanted) => {
        const element = document.activeElement;
        if (!element?.matches(wanted)) return null;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return { shown: outlineStyle !== 'none' && outlineWidth !== '0px' };
      }, selector);
      if (focused) {
        assert.ok(focused.shown, `${selector} does not show that it has the focus`);
        missing.delete(selector);
      }
    }
  }
  assert.deepEqual([...missing], [], 'the keyboard alone does not reach these');
}

/** Takes a picture for people to look at, if `SCREENSHOTS` names a folder for it. */
export async function picture(page, name, options = {}) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), ...options });
}

/**
 * Where a program of the workspace lies, such as `compare`: in the folder that `PROGRAMS`
 * names (`scripts/browser` sets it), else where cargo puts it.
 */
export function program(name) {
  const target = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target');
  const folders = [process.env.PROGRAMS, `${target}/release`, `${target}/debug`];
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const paths = folders.filter(Boolean).map((folder) => path.join(folder, name + suffix));
  const found = paths.find((candidate) => existsSync(candidate));
  assert.ok(found, `${name} is not built: looked for ${paths.join(', ')}`);
  return found;
}
