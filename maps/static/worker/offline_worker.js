/* Keeps the page for when there is no network, and all stations; nothing that anybody asked. On the phone
   of a bus's crew it shows the pages of their days, which that page keeps. */
'use strict';
const CACHE = 'yizhan-offline';
const PATIENCE_MS = 6000;
const HOUR_MS = 3600e3;

async function refresh() {
  const cache = await caches.open(CACHE);
  await Promise.all([KEPT.page, KEPT.stations].map(async (path) => {
    // Asked as for a page: in the language its reader chose, not the phone's.
    const headers = { Accept: 'text/html' };
    const answer = await fetch(path, { cache: 'no-cache', credentials: 'same-origin', headers: headers });
    if (answer.ok) await cache.put(path, answer);
  }));
}

self.addEventListener('install', (event) => event.waitUntil(refresh().then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
/* How long ago the stations came; much, where there are none. */
async function age() {
  const kept = await caches.match(KEPT.stations);
  return kept ? Date.now() - Date.parse(kept.headers.get('date')) : Infinity;
}

self.addEventListener('message', (event) => {
  if (event.data !== 'refresh') return;
  event.waitUntil(age().then((old) => (old < HOUR_MS ? null : refresh())).catch(() => { /* next time */ }));
});

function late() { return new Promise((_, refuse) => { setTimeout(refuse, PATIENCE_MS); }); }

async function page(request) {
  try {
    return await Promise.race([fetch(request), late()]);
  } catch (error) {
    const kept = await caches.match(KEPT.page);
    return kept || fetch(request);
  }
}

async function stations(request) {
  try {
    const answer = await Promise.race([fetch(request), late()]);
    if (answer.ok) await (await caches.open(CACHE)).put(KEPT.stations, answer.clone());
    return answer;
  } catch (error) {
    return (await caches.match(KEPT.stations)) || Response.error();
  }
}

/* A crew's page of a day and bus as the page itself kept it, marked as such; else of a day near by. */
async function keptCrew(url) {
  const cache = await caches.open(KEPT.crew_cache);
  const bus = url.searchParams.get('bus') || '';
  const day = url.searchParams.get('day') || new Date(Date.now() + 8 * HOUR_MS).toISOString().slice(0, 10);
  const pages = (await cache.keys()).filter((one) => new URL(one.url).pathname === KEPT.crew);
  const held = pages.map((one) => ({ request: one, asked: new URL(one.url).searchParams }));
  const mine = held.filter((one) => !bus || one.asked.get('bus') === bus).sort((a, b) => (a.asked.get('day') < b.asked.get('day') ? -1 : 1));
  const found = mine.find((one) => one.asked.get('day') === day && (one.asked.get('bus') || '') === bus)
    || mine.find((one) => one.asked.get('day') === day) || mine.filter((one) => one.asked.get('day') < day).pop() || mine[0];
  if (!found) return null;
  const page = await (await cache.match(found.request)).text();
  return new Response(page.replace('data-kept="no"', 'data-kept="yes"'), { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}

async function crew(request) {
  try {
    return await Promise.race([fetch(request), late()]);
  } catch (error) {
    return (await keptCrew(new URL(request.url))) || fetch(request);
  }
}

/* The sheet of a day that the crew's page kept, as it was. */
async function sheets(request) {
  try {
    return await Promise.race([fetch(request), late()]);
  } catch (error) {
    return (await (await caches.open(KEPT.crew_cache)).match(request.url)) || fetch(request);
  }
}

self.addEventListener('fetch', (event) => {
  const request = event.request;
  const path = new URL(request.url).pathname;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  if (path === KEPT.stations) event.respondWith(stations(request));
  else if (request.mode === 'navigate' && path === KEPT.crew) event.respondWith(crew(request));
  else if (request.mode === 'navigate' && path === KEPT.sheets) event.respondWith(sheets(request));
  else if (request.mode === 'navigate' && (path === KEPT.page || KEPT.pages.some((one) => path === one || (one.length > 1 && path.startsWith(one))))) {
    event.respondWith(page(request));
  }
});
