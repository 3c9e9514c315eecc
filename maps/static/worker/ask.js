/* Asks the form's question by fetch, so that Back, reload and coming back find the answer again.
   What was asked stays in this tab's session storage and the history entry holds its number: a
   position is in no address, and a link that is shared carries none. Without this script, or in a
   browser too old for it, the forms are posted as they are. */
(function () {
  'use strict';
  const main = document.getElementById('content');
  if (!main || !window.fetch || !window.DOMParser || !window.URLSearchParams || !main.replaceChildren) return;
  const mapApps = window.mapApps;
  const words = JSON.parse(document.getElementById('ask-words').textContent);
  const STORE = 'asked:' + location.pathname;
  const MINUTE_MS = 60e3;
  const KEPT = 30;
  const RETURNS_WITHIN_MS = 120 * MINUTE_MS;
  const OLD_MS = 5 * MINUTE_MS;
  const kept = read();
  const blank = main.innerHTML;
  let turn = 0;
  let shown = 0;

  /* {count, entries: {number: {body, at, scroll, here}}}; kept in memory alone where storage is closed. */
  function read() {
    try {
      const found = JSON.parse(sessionStorage.getItem(STORE));
      if (found && found.entries) return found;
    } catch (error) { /* storage is closed or holds something else */ }
    return { count: 0, entries: {} };
  }

  function save() {
    try { sessionStorage.setItem(STORE, JSON.stringify(kept)); } catch (error) { /* memory serves */ }
  }

  /* Which question this history entry shows: its number, 0 for the empty form, undefined if new. */
  function current() { return (history.state || {}).asked; }

  function keep(body, anew) {
    const number = anew ? ++kept.count : current();
    const here = new URLSearchParams(body).get('place') === words.here;
    kept.entries[number] = { body: body, at: Date.now(), scroll: 0, here: here };
    delete kept.entries[number - KEPT];
    if (anew) {
      if (current() === undefined) history.replaceState({ asked: 0 }, '');
      history.pushState({ asked: number }, '');
    }
    save();
    return kept.entries[number];
  }

  function leave() {
    const entry = kept.entries[current()];
    if (entry) { entry.scroll = window.scrollY; save(); }
  }

  function fetched(body) {
    const mine = ++turn;
    main.setAttribute('aria-busy', 'true');
    return fetch(location.pathname, {
      method: 'POST', body: body, cache: 'no-store', credentials: 'same-origin',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html', 'X-Part': 'content' },
    }).then((answer) => answer.text()).then((html) => {
      if (mine !== turn) return null;
      main.removeAttribute('aria-busy');
      const page = new DOMParser().parseFromString(html, 'text/html');
      const content = page.getElementById('content');
      if (!content) throw new Error('no answer');
      return content;
    });
  }

  function failed(again) {
    main.removeAttribute('aria-busy');
    let box = document.getElementById('ask-failed');
    if (!box) {
      box = Object.assign(document.createElement('div'), { id: 'ask-failed', className: 'message' });
      box.setAttribute('role', 'alert');
      main.prepend(box);
    }
    const retry = Object.assign(document.createElement('button'), { type: 'button', className: 'plain', textContent: words.retry });
    retry.addEventListener('click', again);
    box.replaceChildren(Object.assign(document.createElement('p'), { textContent: words.offline }), retry);
    if (navigator.serviceWorker && navigator.serviceWorker.controller) {
      box.append(' ', Object.assign(document.createElement('a'), { href: words.kept_page, textContent: words.kept }));
    }
  }

  function show(content) {
    main.replaceChildren(...content.childNodes);
    shown = Date.now();
    ready();
  }

  /* A new question gets a history entry of its own; a filter changes the one that is shown. */
  function ask(body, anew) {
    leave();
    fetched(body).then((content) => {
      if (!content) return;
      keep(body, anew);
      show(content);
      if (anew) {
        window.scrollTo(0, 0);
        const head = document.querySelector('#content h1, #content h2');
        if (head) { head.tabIndex = -1; head.focus({ preventScroll: true }); }
      }
    }).catch(() => failed(() => ask(body, anew)));
  }

  /* Asks the kept question again: stations open and close while a courier is away. */
  function again(entry, scroll) {
    const body = new URLSearchParams(entry.body);
    if (entry.here) body.set('place', words.here); // in the language read now
    fetched(body.toString()).then((content) => {
      if (!content) return;
      const age = Date.now() - entry.at;
      show(content);
      if (age > OLD_MS && /(^|&)lon=/.test(entry.body)) since(entry.at);
      window.scrollTo(0, scroll);
    }).catch(() => failed(() => again(entry, scroll)));
  }

  function since(at) {
    const clock = new Date(at).toTimeString().slice(0, 5);
    const note = Object.assign(document.createElement('p'), { className: 'note', textContent: words.since.replace('{t}', clock) });
    const head = main.querySelector('h1');
    if (head) head.after(note);
  }

  function restore() {
    const entry = kept.entries[current()];
    if (entry) again(entry, entry.scroll);
  }

  function bodyOf(form, changes) {
    const body = new URLSearchParams(new FormData(form));
    Object.entries(changes || {}).forEach((pair) => body.set(pair[0], pair[1]));
    return body.toString();
  }

  function ready() {
    const locate = document.getElementById('locate');
    if (locate && navigator.geolocation && window.isSecureContext) locate.hidden = false;
    main.querySelectorAll('.filters button[type=submit]').forEach((button) => button.classList.add('visually-hidden'));
    const mode = mapApps.remembered.get('mode');
    const chip = main.querySelector('.filters') ? null : main.querySelector('#ask input[name=mode][value="' + (mode === 'ebike' ? mode : 'walk') + '"]');
    if (chip && mode) chip.checked = true;
    mapApps.ready();
    window.suggest.ready(document.getElementById('ask'), words, choose);
  }

  function choose(form, place) {
    const picked = { lon: place.lon.toFixed(5), lat: place.lat.toFixed(5), place: place.name };
    ask(bodyOf(form, picked), true);
  }

  function locate() {
    const form = document.getElementById('ask');
    const out = document.getElementById('locate-message');
    const fold = form.closest('details');
    if (fold) fold.open = true;
    out.textContent = words.locating;
    navigator.geolocation.getCurrentPosition((position) => {
      const lon = position.coords.longitude.toFixed(5);
      const lat = position.coords.latitude.toFixed(5);
      ask(bodyOf(form, { q: '', lon: lon, lat: lat, place: words.here }), true);
    }, () => { out.textContent = words.denied; }, { enableHighAccuracy: true, timeout: 10000, maximumAge: MINUTE_MS });
  }

  main.addEventListener('submit', (event) => {
    if (event.target.method !== 'post') return;
    event.preventDefault();
    ask(bodyOf(event.target), !event.target.matches('.filters') || !kept.entries[current()]);
  });
  main.addEventListener('change', (event) => {
    const form = event.target.closest('.filters');
    if (event.target.name === 'mode') mapApps.remembered.set('mode', event.target.value);
    if (form) ask(bodyOf(form), !kept.entries[current()]);
  });
  main.addEventListener('click', (event) => { if (event.target.closest('#locate')) locate(); });
  window.addEventListener('popstate', () => {
    ++turn;
    if (kept.entries[current()]) restore();
    else { main.innerHTML = blank; ready(); }
  });
  window.addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
    else if (shown && Date.now() - shown > MINUTE_MS) restore();
  });
  if ('scrollRestoration' in history) history.scrollRestoration = 'manual';
  const last = kept.entries[kept.count];
  if (current() === undefined && last && Date.now() - last.at < RETURNS_WITHIN_MS && !main.querySelector('.filters')) {
    history.replaceState({ asked: kept.count }, '');
  }
  ready();
  restore();
})();
