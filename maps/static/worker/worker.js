/* The worker's map: everything is worked out on the device; no position is sent anywhere. */
(function () {
  'use strict';
  const yizhan = window.yizhan;
  const el = yizhan.element;
  const PAGE = 15;

  function use(key) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    const link = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    link.setAttribute('href', '#i-' + key);
    svg.appendChild(link);
    return svg;
  }

  yizhan.worker = function (map) {
    const data = yizhan.data('worker-data');
    const words = data.words;
    yizhan.ground(map, data.base, words);
    map.createPane('stations').style.zIndex = 430;
    const renderer = L.canvas({ pane: 'stations', padding: 0.3 });
    const list = document.getElementById('stations');
    const more = document.getElementById('more');
    const message = document.getElementById('message');
    let origin = null;
    let me = null;
    let shown = PAGE;
    let flying = false;
    data.stations.forEach((station) => {
      const kind = data.kinds[station.k];
      station.mark = new yizhan.Mark([station.at[1], station.at[0]], {
        renderer: renderer, pane: 'stations', shape: kind.shape, radius: 7, color: '#fff', weight: 1.4, fillColor: kind.colour, fillOpacity: 1,
      }).addTo(map);
      station.mark.bindTooltip(() => el('span', { text: station.n }), { direction: 'top' });
      station.mark.on('click', (event) => { L.DomEvent.stop(event); reveal(station); });
    });
    const resize = () => {
      const radius = map.getZoom() < 11 ? 3.2 : map.getZoom() < 13 ? 5 : 8;
      data.stations.forEach((station) => { station.mark.setRadius(radius); });
    };
    map.on('zoomend', resize);
    resize();

    function wanted() {
      const openOnly = document.querySelector('[data-open]').getAttribute('aria-pressed') === 'true';
      const amenities = Array.from(document.querySelectorAll('[data-amenity][aria-pressed="true"]'), (b) => Number(b.dataset.amenity));
      const minute = yizhan.minuteOfWeek(new Date());
      const from = origin ? origin.at : [map.getCenter().lng, map.getCenter().lat];
      const rows = [];
      data.stations.forEach((station) => {
        const state = yizhan.stateAt(station.w, minute);
        const fits = (!openOnly || (state && state.open)) && amenities.every((a) => station.f.includes(a));
        station.mark.setStyle({ fillOpacity: fits ? 1 : 0.18, opacity: fits ? 1 : 0.3 });
        if (fits) rows.push({ station: station, state: state, far: yizhan.metres(from, station.at) });
      });
      rows.sort((a, b) => a.far - b.far);
      return { rows: rows, minute: minute };
    }

    function card(row, minute) {
      const station = row.station;
      const kind = data.kinds[station.k];
      const swatch = el('canvas', { 'aria-hidden': 'true' });
      yizhan.swatch(swatch, kind.shape, kind.colour);
      const name = el('button', { type: 'button', text: station.n });
      name.addEventListener('click', () => { flying = true; current(station); map.flyTo(station.mark.getLatLng(), Math.max(15, map.getZoom()), { duration: 0.6 }); });
      const state = yizhan.stateText(row.state, minute, words);
      const apps = el('div', { class: 'apps' });
      data.apps.forEach((app) => {
        apps.appendChild(el('a', { href: yizhan.mapLink(app.template, station, app.datum), rel: 'noopener noreferrer', target: app.app === 'geo' ? null : '_blank', text: app.text }));
      });
      if (station.p) {
        const call = el('a', { href: 'tel:' + String(station.p).replace(/[^0-9+]/g, '') }, [use('phone'), el('span', { text: words.call })]);
        apps.appendChild(call);
      }
      const amenities = el('ul', { class: 'amenities' }, station.f.map((number) =>
        el('li', {}, [use(data.amenities[number].key), el('span', { text: data.amenities[number].text })])));
      const item = el('li', { class: 'card' }, [
        el('h3', {}, [name, origin ? el('span', { class: 'far', text: yizhan.far(row.far, words) }) : null]),
        el('p', { class: 'kind' }, [swatch, el('span', { text: kind.text })]),
        el('p', { class: 'state ' + state[0], text: state[1] }),
        station.h ? el('p', { class: 'where', text: station.h }) : null,
        station.a ? el('p', { class: 'where', text: station.a }) : null,
        station.f.length ? amenities : null,
        apps,
      ]);
      item.dataset.id = station.id;
      return item;
    }

    function draw() {
      const found = wanted();
      list.replaceChildren();
      if (!found.rows.length) list.appendChild(el('li', { class: 'none', text: words.none }));
      found.rows.slice(0, shown).forEach((row) => list.appendChild(card(row, found.minute)));
      more.hidden = found.rows.length <= shown;
      document.getElementById('origin').textContent = (origin ? words.from.replace('{place}', origin.name) + ' · ' + words.straight + ' · ' : '')
        + words.results.replace('{n}', String(found.rows.length));
      return found.rows;
    }

    function current(station) {
      list.querySelectorAll('[aria-current]').forEach((item) => item.removeAttribute('aria-current'));
      const item = Array.from(list.children).find((child) => child.dataset.id === String(station.id));
      if (item) item.setAttribute('aria-current', 'true');
      return item;
    }

    function reveal(station) {
      start({ at: station.at, name: station.n }, false);
      const item = current(station);
      if (item) item.scrollIntoView({ block: 'nearest' });
    }

    function start(place, zoom) {
      origin = place;
      shown = PAGE;
      message.textContent = '';
      document.querySelector('.tap').hidden = true;
      const at = [place.at[1], place.at[0]];
      if (!me) me = yizhan.place(at, el('span', { class: 'map-me' }), { title: words.here, interactive: false, keyboard: false }).addTo(map);
      me.setLatLng(at);
      const rows = draw();
      if (zoom) {
        const box = L.latLngBounds([at]);
        rows.slice(0, 3).forEach((row) => box.extend(row.station.mark.getLatLng()));
        map.fitBounds(box, { padding: [50, 50], maxZoom: 16 });
      }
    }

    document.getElementById('locate').addEventListener('click', () => {
      if (!navigator.geolocation) { message.textContent = words.denied; return; }
      message.textContent = words.locating;
      navigator.geolocation.getCurrentPosition(
        (position) => start({ at: [position.coords.longitude, position.coords.latitude], name: words.here }, true),
        () => { message.textContent = words.denied; },
        { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
      );
    });
    map.on('click', (event) => start({ at: [event.latlng.lng, event.latlng.lat], name: words.chosen }, false));
    /* The list follows the map only when a person moves it, never under the finger that chose a card. */
    map.on('moveend', () => { if (!origin && !flying) draw(); flying = false; });
    more.addEventListener('click', () => { shown += PAGE; draw(); });
    document.querySelectorAll('.chips button').forEach((chip) => chip.addEventListener('click', () => {
      chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
      shown = PAGE;
      draw();
    }));
    search(data, words, start);
    draw();
    setInterval(() => { if (!list.contains(document.activeElement)) draw(); }, 60e3);
    document.documentElement.dataset.ready = 'yes';
  };

  function search(data, words, start) {
    const input = document.getElementById('place');
    const list = document.getElementById('found');
    const streets = new Map();
    data.base.streets.forEach((street) => { if (street.name && !streets.has(street.name)) streets.set(street.name, street.lines[0]); });
    const middle = (packed) => {
      const points = yizhan.unpackLatLngs(packed);
      const at = points[Math.floor(points.length / 2)];
      return [at[1], at[0]];
    };
    const entries = data.base.districts.map((d) => ({ text: d.name, hint: words.district, at: () => d.label }))
      .concat(Array.from(streets, (pair) => ({ text: pair[0], hint: '', at: () => middle(pair[1]) })))
      .concat(data.stations.map((s) => ({ text: s.n, hint: s.a || '', at: () => s.at })));
    input.addEventListener('input', () => {
      const text = input.value.trim().toLowerCase();
      list.replaceChildren();
      list.hidden = !text;
      if (!text) return;
      const found = entries.filter((e) => (String(e.text) + ' ' + e.hint).toLowerCase().includes(text)).slice(0, 10);
      if (!found.length) list.appendChild(el('li', { class: 'none', text: words.nothing }));
      found.forEach((entry) => {
        const button = el('button', { type: 'button' }, [el('span', { text: entry.text }), entry.hint ? el('small', { text: entry.hint }) : null]);
        button.addEventListener('click', () => { list.hidden = true; input.value = entry.text; start({ at: entry.at(), name: entry.text }, true); });
        list.appendChild(el('li', {}, [button]));
      });
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') list.hidden = true;
      if (event.key === 'Enter' && list.querySelector('button')) list.querySelector('button').click();
    });
  }
})();
