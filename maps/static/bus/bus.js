/* The campaign's map: what each bus does on the day chosen, or on all days. */
(function () {
  'use strict';
  const yizhan = window.yizhan;
  const el = yizhan.element;

  function popup(stop, words, replan) {
    const list = el('dl');
    [
      [words.exams, [stop.start, stop.end].filter(Boolean).join('–')],
      [words.arrive, stop.arrive],
      [words.depart, stop.depart],
      [words.address, stop.address],
      [words.contact, stop.contact],
      [words.phone, stop.phone],
    ].forEach((pair) => {
      if (!pair[1]) return;
      list.appendChild(el('dt', { text: pair[0] }));
      list.appendChild(el('dd', { text: pair[1] }));
    });
    return el('div', {}, [
      el('h3', { text: stop.order + '. ' + stop.name }),
      stop.campaign_text ? el('p', { class: 'soft', text: stop.campaign_text }) : null,
      el('div', { class: 'chip-line' }, [
        el('span', { class: 'tag', text: stop.day + ' · ' + (stop.bus_name || words.bus + ' ' + stop.bus_id) }),
        stop.workers_served === null ? null : el('span', { class: 'tag', text: words.served + ' ' + yizhan.number(stop.workers_served) + ' ' + words.people }),
      ]),
      list,
      replan ? replan.button(stop) : null,
    ]);
  }

  yizhan.bus = function (map) {
    const data = yizhan.data('bus-data');
    const words = data.words;
    yizhan.ground(map, data.base, words);
    [['workers', 405], ['routes', 420]].forEach((pane) => { map.createPane(pane[0]).style.zIndex = pane[1]; });
    const routeCanvas = L.svg({ pane: 'routes', padding: 0.5 });
    const workerCanvas = L.canvas({ pane: 'workers', padding: 0.3 });

    const replan = yizhan.busReplan ? yizhan.busReplan(map, data, words) : null;
    const drawn = [];
    data.routes.forEach((route) => {
      const lines = route.lines.map(yizhan.unpackLatLngs);
      const style = { renderer: routeCanvas, pane: 'routes', interactive: false, lineJoin: 'round' };
      const halo = L.polyline(lines, Object.assign({ color: '#fff', weight: 6, opacity: 0.85 }, style));
      const line = L.polyline(lines, Object.assign({ color: data.colours[route.bus_id], weight: 3.2, opacity: 0.95 }, style));
      drawn.push({ bus: route.bus_id, day: route.day, layers: [halo, line], bounds: line.getBounds() });
    });
    const pins = data.stops.map((stop, i) => {
      const mark = yizhan.pin([stop.at[1], stop.at[0]], String(stop.order), data.colours[stop.bus_id], (data.names[stop.bus_id] || words.bus + ' ' + stop.bus_id) + ' · ' + stop.order + ' ' + stop.name);
      mark.bindPopup(() => popup(stop, words, replan), { maxWidth: 320 });
      drawn.push({ bus: stop.bus_id, day: stop.day, layers: [mark], bounds: L.latLngBounds([mark.getLatLng()]) });
      return { mark: mark, stop: stop, index: i };
    });

    const people = L.layerGroup();
    data.workers.forEach((w) => {
      const served = w[3];
      const colour = served === null ? '#8a8f96' : served > 0 ? '#d99a00' : '#6d7480';
      L.circleMarker([w[1], w[0]], { renderer: workerCanvas, pane: 'workers', radius: Math.max(1.6, Math.sqrt(w[2]) * 0.42), stroke: false, fillColor: colour, fillOpacity: served > 0 ? 0.6 : 0.25, interactive: false }).addTo(people);
    });

    const range = document.getElementById('day');
    const all = document.getElementById('all-days');
    const output = document.getElementById('day-name');
    const names = Array.from(document.querySelectorAll('[data-day-name]'), (e) => e.textContent);

    function show(fit) {
      const day = data.days[Number(range.value)];
      const buses = new Set(Array.from(document.querySelectorAll('[data-bus]:checked'), (input) => input.dataset.bus));
      const box = L.latLngBounds([]);
      drawn.forEach((item) => {
        const on = buses.has(item.bus) && (all.checked || item.day === day);
        item.layers.forEach((layer) => (on ? layer.addTo(map) : map.removeLayer(layer)));
        if (on) box.extend(item.bounds);
      });
      range.disabled = all.checked;
      output.textContent = all.checked ? output.dataset.all : names[Number(range.value)];
      range.setAttribute('aria-valuetext', output.textContent);
      document.querySelectorAll('[data-day]').forEach((block) => { block.hidden = !all.checked && block.dataset.day !== day; });
      if (fit && box.isValid()) {
        map.fitBounds(box, { padding: [50, 50], maxZoom: 14, animate: false });
        if (window.innerWidth > 820) map.panBy([0, 40], { animate: false });
      }
    }
    range.addEventListener('input', () => show(true));
    all.addEventListener('change', () => show(true));
    document.querySelectorAll('[data-bus]').forEach((input) => input.addEventListener('change', () => show(false)));
    document.querySelectorAll('[data-step]').forEach((button) => button.addEventListener('click', () => {
      all.checked = false;
      range.value = String(Math.max(0, Math.min(data.days.length - 1, Number(range.value) + Number(button.dataset.step))));
      show(true);
    }));
    const workers = document.getElementById('show-workers');
    const toggle = () => {
      if (workers.checked) people.addTo(map); else map.removeLayer(people);
      document.querySelectorAll('[data-with-workers]').forEach((key) => { key.hidden = !workers.checked; });
    };
    if (workers) {
      workers.addEventListener('change', toggle);
      toggle();
    }
    document.querySelector('.panel').addEventListener('click', (event) => {
      const button = event.target.closest('button[data-visit]');
      if (!button) return;
      const found = pins[Number(button.dataset.visit)];
      if (!map.hasLayer(found.mark)) { range.value = String(data.days.indexOf(found.stop.day)); show(false); }
      map.once('moveend', () => found.mark.openPopup());
      map.flyTo(found.mark.getLatLng(), Math.max(14, map.getZoom()), { duration: 0.7 });
    });
    show(true);
    document.documentElement.dataset.ready = 'yes';
  };
})();
