// The connection: the server's stream of snapshots, its clock, and whether it is there.

import { $, setText, words } from './shared/page.mjs';

// The server says something at least every 10 s.
const SILENCE_MS = 25_000;
const RETRY_MS = 1000;
// A page that nobody looks at needs no stream; but who only looks aside keeps it.
const HIDDEN_MS = 5000;

let source = null;
let state = 'connecting';
let heardAt = 0;
let unread = null; // the newest snapshot, as text
let server = null; // which one it was of
let ahead = null; // the server's clock less this page's
let onNews;

/** The server's clock: milliseconds since it began. */
export const serverNow = () => performance.now() + (ahead ?? 0);

/** Listens from now on, also to a server that comes back; calls `wake` when there is news. */
export function listen(wake) {
  onNews = wake;
  connect();
  setInterval(() => {
    const isSilent = performance.now() - heardAt > SILENCE_MS;
    if (!source || !(isSilent || source.readyState === EventSource.CLOSED)) return;
    become('lost');
    connect();
  }, RETRY_MS);
  let hiding;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (!document.hidden && !source) connect();
    if (document.hidden) hiding = setTimeout(disconnect, HIDDEN_MS);
  });
  // A page that comes back from the browser's cache has lost its stream.
  addEventListener('pageshow', ({ persisted }) => persisted && connect());
  addEventListener('online', connect);
}

/** The newest snapshot; `null` if there is none that was not taken before. */
export function takeSnapshot() {
  // Only the newest is read, and only when it is shown: a page that was asleep finds many.
  if (unread === null) return null;
  const snapshot = JSON.parse(unread);
  unread = null;
  if (server !== snapshot.server) ahead = null;
  server = snapshot.server;
  keepTime(snapshot.now_ms);
  return snapshot;
}

export function showState() {
  setText($('state'), words[state]);
  $('state').className = state;
}

function disconnect() {
  source?.close();
  source = null;
}

function connect() {
  disconnect();
  heardAt = performance.now();
  ahead = null;
  source = new EventSource('/api/events');
  source.addEventListener('clock', ({ data }) => {
    keepTime(Number(data));
    hear();
  });
  source.addEventListener('message', ({ data }) => {
    unread = data;
    hear();
    onNews();
  });
  source.addEventListener('error', () => become('lost'));
}

function hear() {
  heardAt = performance.now();
  become('live');
}

function become(next) {
  state = next;
  showState();
}

/** What came fastest is nearest to the truth. */
function keepTime(now) {
  ahead = Math.max(ahead ?? -Infinity, now - performance.now());
}
