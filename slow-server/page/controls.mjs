// The controls: the settings of the server, the reset of its counts, and the token that it
// may ask for. A new control is a field in dashboard.html, a line in FIELDS, a word, and a
// setting of the server (src/behavior/settings.rs).

import { $, recall, remember, setText, words } from './shared/page.mjs';

const duration = (text) => `${Math.round(Number(text) * 1000)}ms`;

/**
 * For each field, which has the name of its setting: what it shows of the settings in force,
 * and what POST /api/settings is sent for its text.
 */
const FIELDS = {
  delay: [({ delay_ms }) => delay_ms / 1000, duration],
  jitter: [({ jitter_ms }) => jitter_ms / 1000, duration],
  fail_rate: [({ fail_rate }) => Math.round(fail_rate * 1e6) / 1e4, (text) => Number(text) / 100],
  max_concurrent: [
    ({ max_concurrent }) => max_concurrent ?? '',
    (text) => (text === '' ? null : Number(text)),
  ],
};

// The fields that somebody is about to change.
const edited = new Set();
let needsToken = false;
let token = recall('sessionStorage', 'token');

/** Shows what is in force. */
export function showSettings({ settings, needs_token }) {
  needsToken = needs_token;
  for (const [name, [show]] of Object.entries(FIELDS)) {
    const text = String(show(settings));
    if (!edited.has(name) && $(name).value !== text) $(name).value = text;
  }
}

$('settings').addEventListener('input', ({ target }) => edited.add(target.id));
$('settings').addEventListener('submit', async (event) => {
  event.preventDefault();
  // Only what was edited: the rest may have been changed elsewhere in the meantime.
  const asked = Object.entries(FIELDS).filter(([name]) => edited.has(name));
  const body = Object.fromEntries(asked.map(([name, [, send]]) => [name, send($(name).value)]));
  if (await post('/api/settings', body, 'applied')) edited.clear();
});
$('reset').addEventListener('click', () => post('/api/stats/reset', null, 'wasReset'));

/** Asks the server to change, and says what came of it; true if it has. */
async function post(path, body, done) {
  if (needsToken && !token && !(await askToken())) return false;
  const headers = { ...(body && { 'content-type': 'application/json' }) };
  if (token) headers.authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch(path, { method: 'POST', headers, body: body && JSON.stringify(body) });
  } catch {
    return report(words.unreachable, false);
  }
  if (answer.status === 401) {
    keepToken(null);
    return report(words.refused, false);
  }
  return answer.ok ? report(words[done], true) : report(await answer.text(), false);
}

function report(text, isDone) {
  setText($('outcome'), text);
  $('outcome').classList.toggle('wrong', !isDone);
  return isDone;
}

/** It stays in this tab, and ends with it. */
function keepToken(value) {
  token = value;
  remember('sessionStorage', 'token', token);
}

/** True once there is a token to try. */
function askToken() {
  const dialog = $('ask');
  $('token').value = '';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    const close = () => {
      keepToken((dialog.returnValue === 'given' && $('token').value.trim()) || null);
      resolve(token !== null);
    };
    dialog.addEventListener('close', close, { once: true });
  });
}
