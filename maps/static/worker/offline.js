/* Without a network: the nearest of the stations this phone keeps, in a straight line and said so.
   The position is used here and kept nowhere. */
(function () {
  'use strict';
  const yizhan = window.yizhan;
  const told = JSON.parse(document.getElementById('offline-data').textContent);
  const words = told.words;
  const SHOWN = 8;
  const LOOK_AGAIN_MS = 5000;
  const make = (tag, values, parts) => {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...(parts || []).filter(Boolean));
    return made;
  };
  const list = document.getElementById('kept');
  const message = document.getElementById('offline-message');
  let data = null;
  let at = null;

  function mode() { return document.querySelector('input[name=mode]:checked').value; }

  function links(station) {
    const box = make('div', { className: 'apps' });
    box.dataset.apps = '';
    const apps = data.apps[mode()];
    const link = (app, first) => {
      const made = make('a', { href: yizhan.mapLink(app.template, station, app.datum) });
      made.dataset.app = app.app;
      if (first) { made.className = 'primary'; made.append(make('span', { textContent: words.go }), ' ', make('small', { textContent: app.text })); } else made.textContent = app.text;
      return made;
    };
    const others = make('ul', {}, apps.slice(1).map((app) => make('li', {}, [link(app, false)])));
    box.append(link(apps[0], true));
    if (station.p) box.append(make('a', { className: 'call', href: 'tel:' + String(station.p).replace(/[^0-9+]/g, ''), textContent: words.call }));
    box.append(make('details', {}, [make('summary', { textContent: words.other_map }), others]));
    return box;
  }

  function card(row, first) {
    const station = row.station;
    const state = yizhan.stateText(row.state, row.minute, words);
    const far = words.straight_line.replace('{d}', yizhan.far(row.far, words));
    return make('li', {}, [make('article', { className: first ? 'card best' : 'card' }, [
      make(first ? 'h2' : 'h3', { textContent: station.n }),
      make('p', { className: 'reach', textContent: far }),
      make('p', { className: 'state ' + state[0], textContent: state[1] }),
      station.a ? make('p', { className: 'where', textContent: station.a }) : null,
      station.f.length ? make('p', { className: 'kind', textContent: station.f.slice(0, 6).map((n) => data.amenities[n]).join(' · ') }) : null,
      links(station),
    ])]);
  }

  function draw() {
    if (!data || !at) return;
    const minute = yizhan.minuteOfWeek(new Date());
    const rows = data.stations.map((station) => ({ station: station, minute: minute, state: yizhan.stateAt(station.w, minute), far: yizhan.metres(at, station.at) }));
    rows.sort((a, b) => a.far - b.far);
    const open = rows.filter((row) => row.state && row.state.open);
    const best = open.find((row) => data.kinds[row.station.k].rest) || open[0];
    const shown = (best ? [best] : []).concat(rows.slice(0, SHOWN).filter((row) => row !== best));
    list.replaceChildren(...shown.map((row, n) => card(row, n === 0 && Boolean(best))));
    window.mapApps.ready();
  }

  function locate() {
    message.textContent = words.locating;
    navigator.geolocation.getCurrentPosition((position) => {
      at = [position.coords.longitude, position.coords.latitude];
      message.textContent = '';
      draw();
    }, () => { message.textContent = words.denied; }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
  }

  function find() {
    const typed = document.getElementById('q').value.trim().toLowerCase();
    const hit = typed && data && data.stations.find((one) => (one.n + ' ' + (one.a || '') + ' ' + one.id).toLowerCase().includes(typed));
    if (!hit) { message.textContent = words.nothing; return; }
    message.textContent = words.from.replace('{place}', hit.a || hit.n);
    at = hit.at;
    draw();
  }

  document.getElementById('locate').addEventListener('click', locate);
  document.getElementById('offline-ask').addEventListener('submit', (event) => { event.preventDefault(); find(); });
  document.querySelectorAll('input[name=mode]').forEach((chip) => chip.addEventListener('change', draw));
  const remembered = window.mapApps.remembered.get('mode');
  const chip = document.querySelector('input[name=mode][value="' + (remembered === 'ebike' ? 'ebike' : 'walk') + '"]');
  if (chip) chip.checked = true;

  function load() {
    const headers = { 'Accept-Language': document.documentElement.lang }; // the page's, not the phone's
    return fetch(told.stations, { headers: headers }).then((answer) => { if (!answer.ok) throw new Error('none'); return answer.json(); }).then((kept) => {
      data = kept;
      const when = kept.at.slice(0, 16).replace('T', ' ');
      document.getElementById('age').textContent = words.kept.replace('{t}', when);
      draw();
    });
  }

  /* Whether we are reached again: the phone's own word (navigator.onLine) is often wrong. */
  function look() {
    fetch(told.nearest, { method: 'HEAD', cache: 'no-store' }).then((answer) => {
      if (!answer.ok) throw new Error('not yet');
      document.getElementById('back').hidden = false;
      return load();
    }).catch(() => { window.setTimeout(look, LOOK_AGAIN_MS); });
  }

  load().then(() => {
    if (!navigator.permissions || !navigator.permissions.query) return;
    navigator.permissions.query({ name: 'geolocation' }).then((state) => { if (state.state === 'granted') locate(); }).catch(() => { /* a tap does it */ });
  }).catch(() => { document.getElementById('age').textContent = words.nothing_kept; });
  window.setTimeout(look, LOOK_AGAIN_MS);
})();
