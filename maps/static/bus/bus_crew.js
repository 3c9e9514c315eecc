/* The crew's page with no network: records are kept on the phone and sent once there is one. */
(function () {
  'use strict';
  const QUEUE = 'yizhan-bus-records';
  const BUS = 'yizhan-my-bus';
  const box = document.getElementById('unsent');

  function queue() {
    try { return JSON.parse(localStorage.getItem(QUEUE) || '[]'); } catch (error) { return []; }
  }
  function keep(list) {
    if (list.length) localStorage.setItem(QUEUE, JSON.stringify(list));
    else localStorage.removeItem(QUEUE);
    const waiting = list.filter((one) => !one.refused).length;
    box.hidden = !list.length;
    box.replaceChildren(waiting ? box.dataset.text.replace('{n}', String(waiting)) : '', refusals(list));
  }
  /* What the service would not take stays on the phone until the crew has read it. */
  function refusals(list) {
    const told = document.createElement('ul');
    for (const one of list.filter((record) => record.refused)) {
      const line = document.createElement('li'), done = document.createElement('button');
      const came = one.came === null ? box.dataset.notHeld : box.dataset.people.replace('{n}', String(one.came));
      line.append(box.dataset.refused.replace('{d}', one.day.slice(5).replace('-', '/')).replace('{s}', one.name || one.stop_id).replace('{n}', came).replace('{r}', one.refused), ' ', done);
      done.type = 'button';
      done.className = 'plain';
      done.textContent = box.dataset.read;
      done.onclick = () => keep(queue().filter((other) => !same(other, one)));
      told.append(line);
    }
    return told;
  }
  const same = (one, other) => one.bus_id === other.bus_id && one.day === other.day && one.stop_id === other.stop_id && (one.campaign || null) === (other.campaign || null);

  /** Sends one record; throws where it has to be sent again, returns what the service says against it. */
  async function send(record) {
    const path = record.path;
    const told = { bus_id: record.bus_id, day: record.day, stop_id: record.stop_id, came: record.came, campaign: record.campaign || null };
    const reply = await fetch(path, {
      method: 'POST', credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(told),
    });
    if (reply.ok) {
      say(record, box.dataset.sent + (told.came === null ? '' : ' ' + told.came), false);
      return '';
    }
    const detail = (await reply.json().catch(() => ({}))).detail || String(reply.status);
    // Not this record's fault: it waits until the service is there again, or the crew signed in.
    if (reply.status >= 500 || [401, 403, 408, 429].includes(reply.status)) throw Object.assign(new Error(detail), { told: detail });
    say(record, detail, true);
    return detail;
  }

  function cardOf(record) {
    const key = CSS.escape(record.bus_id + ' ' + record.day + ' ' + record.stop_id + ' ');
    return document.querySelector('[data-visit="' + key + CSS.escape(record.campaign || '') + '"]') || (record.campaign ? null : document.querySelector('[data-visit^="' + key + '"]'));
  }

  function say(record, text, bad) {
    const card = cardOf(record);
    if (!card) return;
    let line = card.querySelector('.said');
    if (!line) { line = document.createElement('p'); line.className = 'said'; line.setAttribute('role', 'status'); card.insertBefore(line, card.querySelector('form')); }
    line.textContent = text;
    line.classList.toggle('bad', bad);
    const visit = card.closest('.visit');
    visit.classList.toggle('done', [...visit.querySelectorAll('.record')].every((one) => one.querySelector('.said:not(.bad)')));
  }

  let sending = false;
  async function sendAll() {
    if (sending) return;
    sending = true;
    for (const record of queue().filter((one) => !one.refused)) {
      let refused;
      try { refused = await send(record); } catch (error) { break; }
      const others = queue().filter((one) => !(same(one, record) && one.came === record.came));
      keep(refused ? others.concat([{ ...record, refused }]) : others);
    }
    sending = false;
  }

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.dataset.record) return;
    const held = !(event.submitter && event.submitter.value === 'no');
    const came = form.elements.came.value.trim();
    if (held && !/^[0-9]+$/.test(came)) return;
    event.preventDefault();
    const record = { path: form.dataset.record, bus_id: form.elements.bus_id.value, day: form.elements.day.value, stop_id: form.elements.stop_id.value, campaign: form.elements.campaign ? form.elements.campaign.value : null, came: held ? Number(came) : null, name: form.dataset.name };
    if (document.activeElement) document.activeElement.blur();
    keep(queue().filter((one) => !same(one, record)));
    send(record).catch((error) => {
      keep(queue().concat([record]));
      say(record, (error.told ? error.told + ' ' + box.dataset.held : box.dataset.kept) + (held ? '：' + came : ''), Boolean(error.told));
    });
  });
  window.addEventListener('online', sendAll);
  window.setInterval(() => { if (queue().length && navigator.onLine) sendAll(); }, 20000);

  /* Today's page and that of the next day out are kept for when there is no network. */
  const kept = document.getElementById('kept');
  const own = kept.dataset.home;
  const yesterday = new Date(Date.now() + (8 - 24) * 3600e3).toISOString().slice(0, 10);

  /* My bus is chosen once. */
  const asked = new URLSearchParams(location.search);
  if (asked.has('bus')) localStorage.setItem(BUS, asked.get('bus'));
  else if (location.search === '' && !document.getElementById('told') && localStorage.getItem(BUS)) location.replace(own + '?bus=' + encodeURIComponent(localStorage.getItem(BUS)));

  async function keepPages() {
    const cache = await caches.open(kept.dataset.cache);
    for (const one of await cache.keys()) {
      if ((new URL(one.url).searchParams.get('day') || '') < yesterday) await cache.delete(one);
    }
    for (const day of [kept.dataset.day, kept.dataset.next].filter(Boolean)) {
      const path = own + '?day=' + day + '&bus=' + encodeURIComponent(kept.dataset.bus);
      const page = await fetch(path, { credentials: 'same-origin' });
      if (page.ok && !page.redirected) await cache.put(path, page);
    }
    const sheet = document.getElementById('sheet');
    if (!sheet) return;
    const printed = await fetch(sheet.href, { credentials: 'same-origin' });
    if (printed.ok && !printed.redirected) await cache.put(sheet.href, printed);
  }

  if (kept.dataset.kept === 'yes') {
    const today = document.getElementById('today');
    if (today) today.remove();
    kept.textContent = kept.dataset.text.replace('{t}', kept.dataset.made.slice(5, 16).replace('-', '/').replace('T', ' ')).replace('{d}', kept.dataset.dayName);
    kept.hidden = false;
  } else if (window.caches && window.isSecureContext) {
    window.addEventListener('load', () => { keepPages().catch(() => { /* without it the page works as before */ }); });
  }
  function tell(text) {
    kept.textContent = text;
    kept.hidden = false;
    kept.scrollIntoView();
  }

  /* A late bus: kept by the service at once, told to everybody behind it. */
  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.classList.contains('late')) return;
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = 'yes';
    tell(kept.dataset.wait);
    try {
      const told = new URLSearchParams(new FormData(form));
      if (event.submitter && event.submitter.name) told.set(event.submitter.name, event.submitter.value);
      const reply = await fetch(form.action, { method: 'POST', credentials: 'same-origin', headers: { Accept: 'application/json' }, body: told });
      if (reply.ok) { location.assign(own + '?bus=' + encodeURIComponent(told.get('bus_id'))); return; }
      tell((await reply.json()).detail || String(reply.status));
    } catch (error) { tell(kept.dataset.late); }
    delete form.dataset.sent;
  });

  /* Waits until everybody is told of the delay; then the page has the new times. */
  const delay = document.getElementById('delay');
  function typed() { return [...document.querySelectorAll('form[data-record] input[type="text"]')].some((one) => one.value !== one.defaultValue); }
  async function watch() {
    try {
      const reply = await fetch(own + '/late?bus=' + encodeURIComponent(kept.dataset.bus), { credentials: 'same-origin' });
      const told = reply.ok ? await reply.json() : null;
      if (told && told.state !== 'kept') {
        const fresh = own + '?bus=' + encodeURIComponent(kept.dataset.bus);
        if (!typed()) { location.replace(fresh); return; }
        const again = document.createElement('a');
        again.href = fresh;
        again.textContent = kept.dataset.hours;
        delay.replaceChildren(told.text, ' ', again);
        return;
      }
    } catch (error) { /* asked again once there is a network */ }
    window.setTimeout(watch, 1500);
  }
  if (delay && delay.dataset.state === 'kept' && kept.dataset.kept !== 'yes') window.setTimeout(watch, 800);

  keep(queue());
  queue().filter((one) => !one.refused).forEach((record) => say(record, box.dataset.kept + (record.came === null ? '' : '：' + record.came), false));
  sendAll();
})();
