/* What has happened today: collect it, try it, show whom to phone, then publish. */
(function () {
  'use strict';
  const yizhan = window.yizhan;
  const el = yizhan.element;

  yizhan.busReplan = function (map, data, words) {
    const root = document.getElementById('replan');
    if (!root) return null;
    const api = root.dataset.api;
    const districts = JSON.parse(root.dataset.districts);
    const chosen = { cancel: [], bus_down: [], rain: [], add_days: [], closed_wkt: null, turnout: null, learn: false };
    const chips = root.querySelector('[data-chips]');
    const status = root.querySelector('[data-status]');
    const result = root.querySelector('[data-result]');
    const tryIt = root.querySelector('[data-try]');
    const closed = L.layerGroup().addTo(map);
    let drawing = null;

    function texts() {
      const list = [];
      chosen.cancel.forEach((one, i) => list.push([one.text, () => chosen.cancel.splice(i, 1)]));
      chosen.bus_down.forEach((one, i) => list.push([words.bus_down + ' ' + one.bus_id + ' · ' + one.from_day, () => chosen.bus_down.splice(i, 1)]));
      chosen.rain.forEach((day, i) => list.push([words.rain + ' ' + day, () => chosen.rain.splice(i, 1)]));
      chosen.add_days.forEach((day, i) => list.push([words.add_day + ' ' + day, () => chosen.add_days.splice(i, 1)]));
      if (chosen.closed_wkt) list.push([words.closed, () => { chosen.closed_wkt = null; closed.clearLayers(); }]);
      if (chosen.turnout !== null) list.push([words.turnout + ' ' + (chosen.turnout * 100).toFixed(1) + '%', () => { chosen.turnout = null; }]);
      if (chosen.learn) list.push([words.learn, () => { chosen.learn = false; }]);
      return list;
    }

    function draw() {
      const list = texts();
      chips.replaceChildren(...list.map((entry) => {
        const remove = el('button', { type: 'button', text: '×', 'aria-label': words.remove + ' ' + entry[0] });
        remove.addEventListener('click', () => { entry[1](); result.replaceChildren(); draw(); });
        return el('li', {}, [el('span', { text: entry[0] }), remove]);
      }));
      tryIt.disabled = !list.length;
    }

    function add(change) { change(); root.open = true; result.replaceChildren(); status.textContent = ''; draw(); }

    root.querySelector('[data-add-bus]').addEventListener('click', () => add(() => chosen.bus_down.push({
      bus_id: root.querySelector('[data-down-bus]').value, from_day: root.querySelector('[data-down-day]').value })));
    root.querySelector('[data-add-rain]').addEventListener('click', () => add(() => {
      const day = root.querySelector('[data-rain-day]').value;
      if (!chosen.rain.includes(day)) chosen.rain.push(day);
    }));
    root.querySelector('[data-add-day]').addEventListener('click', () => {
      const day = root.querySelector('[data-extra-day]').value;
      if (day && !chosen.add_days.includes(day)) add(() => chosen.add_days.push(day));
    });
    root.querySelector('[data-add-turnout]').addEventListener('click', () => {
      const rate = Number(root.querySelector('[data-rate]').value) / 100;
      if (rate > 0 && rate <= 1) add(() => { chosen.turnout = rate; });
    });
    root.querySelector('[data-add-learn]').addEventListener('click', () => add(() => { chosen.learn = true; }));

    function begin(kind) {
      closed.clearLayers();
      chosen.closed_wkt = null;
      drawing = { kind: kind, at: [], shape: null };
      map.getContainer().classList.add('drawing');
      map.doubleClickZoom.disable();
      status.textContent = words.draw_hint;
      root.querySelector('[data-draw-end]').hidden = false;
      draw();
    }
    function end() {
      const done = drawing;
      drawing = null;
      map.getContainer().classList.remove('drawing');
      map.doubleClickZoom.enable();
      root.querySelector('[data-draw-end]').hidden = true;
      status.textContent = '';
      if (!done || done.at.length < (done.kind === 'area' ? 3 : 2)) { closed.clearLayers(); return; }
      const pairs = done.at.map((p) => p.lng.toFixed(6) + ' ' + p.lat.toFixed(6));
      add(() => { chosen.closed_wkt = done.kind === 'area' ? 'POLYGON((' + pairs.concat(pairs[0]).join(', ') + '))' : 'LINESTRING(' + pairs.join(', ') + ')'; });
    }
    map.on('click', (event) => {
      if (!drawing) return;
      drawing.at.push(event.latlng);
      closed.clearLayers();
      const style = { color: '#b3261e', weight: 5, dashArray: '2 9', fillOpacity: 0.2 };
      closed.addLayer(drawing.kind === 'area' ? L.polygon(drawing.at, style) : L.polyline(drawing.at, style));
      drawing.at.forEach((p) => closed.addLayer(L.circleMarker(p, { radius: 5, color: '#b3261e', fillOpacity: 1 })));
    });
    root.querySelectorAll('[data-draw]').forEach((button) => button.addEventListener('click', () => begin(button.dataset.draw)));
    root.querySelector('[data-draw-end]').addEventListener('click', end);

    async function job(path, body) {
      const asked = await fetch(api + path, { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(body || {}) });
      let told = await asked.json();
      if (!asked.ok) throw new Error(told.detail || told.title || String(asked.status));
      const href = new URL(told.href, location.href).pathname;
      while (told.state === 'waiting' || told.state === 'running') {
        status.textContent = told.step + '…';
        await new Promise((resolve) => setTimeout(resolve, 300));
        told = await (await fetch(href, { headers: { Accept: 'application/json' } })).json();
      }
      if (told.state !== 'done') throw new Error(told.failure || told.state);
      status.textContent = '';
      return told.facts;
    }

    async function guarded(button, work) {
      button.disabled = true;
      status.classList.remove('bad');
      try { await work(); } catch (error) { status.textContent = error.message; status.classList.add('bad'); }
      button.disabled = false;
    }

    const when = (told) => (told ? told.day.slice(5).replace('-', '/') + ' ' + told.start + '–' + told.end : '—');
    function calls(facts) {
      return el('ol', { class: 'calls' }, facts.changes.map((one) => el('li', {}, [
        el('p', { class: 'head' }, [el('b', { class: 'tag ' + one.kind, text: one.word }), el('span', { text: one.name }), one.campaign ? el('span', { class: 'soft', text: one.campaign }) : null]),
        el('p', { class: 'times', text: when(one.old) + ' → ' + when(one.new) }),
        one.phone ? el('p', {}, [el('a', { href: 'tel:' + one.phone.replace(/[^0-9+]/g, ''), text: words.call + ' ' + [one.contact, one.phone].filter(Boolean).join(' ') })]) : null,
        el('p', { class: 'soft', text: one.reason }),
      ])));
    }
    function figure(label, value) { return el('div', {}, [el('dt', { text: label }), el('dd', { text: value })]); }

    function show(facts) {
      const publish = el('button', { type: 'button', class: 'go', text: words.publish });
      const drop = el('button', { type: 'button', text: words.discard });
      publish.addEventListener('click', () => guarded(publish, async () => {
        await job('/plans/' + facts.version + '/publish');
        // The list of whom to phone stays until it is done with: the page drawn anew has none.
        const fresh = el('button', { type: 'button', class: 'go', text: words.see_new });
        fresh.addEventListener('click', () => location.reload());
        result.replaceChildren(el('p', { class: 'published', text: words.published }), calls(facts), el('p', { class: 'acts' }, [fresh]));
        fresh.focus({ preventScroll: true });
      }));
      drop.addEventListener('click', () => { result.replaceChildren(); });
      result.replaceChildren(
        el('dl', { class: 'figures' }, [
          figure(words.lost, yizhan.number(facts.lost)),
          figure(words.won_back, yizhan.number(facts.won_back)),
          figure(words.unchanged, facts.unchanged + ' / ' + facts.announced),
          figure(words.to_call, String(facts.changes.length)),
        ]),
        ...Object.entries(facts.below_floor).map((one) => el('p', { class: 'bad', text: words.below_floor
          .replace('{district}', districts[one[0]] || one[0]).replace('{people}', yizhan.number(one[1])) })),
        ...facts.also_hit.map((text) => el('p', { class: 'bad', text: text })),
        calls(facts),
        el('p', { class: 'acts' }, [publish, drop]),
      );
      publish.focus({ preventScroll: true });
      result.scrollIntoView({ block: 'nearest' });
    }

    tryIt.addEventListener('click', () => guarded(tryIt, async () => {
      result.replaceChildren();
      const body = Object.assign({}, chosen, { cancel: chosen.cancel.map((one) => ({ stop_id: one.stop_id, day: one.day })),
        floors_move: root.querySelector('[data-floors-move]').checked });
      show(await job('/replan', body));
    }));
    const learned = root.querySelector('[data-parts]');
    root.addEventListener('toggle', async () => {
      if (!root.open || learned.childElementCount) return;
      const reply = await fetch(api + '/turnout', { headers: { Accept: 'application/json' } });
      if (!reply.ok) return;
      const told = await reply.json();
      if (!told.parts.length) return;
      const share = (rate) => (100 * rate).toFixed(1) + '%';
      const head = ['', words.rate, words.rate_range, words.rate_from];
      learned.replaceChildren(el('summary', { text: words.parts }), el('p', { class: 'soft', text: told.text + ' ' + words.parts_use }),
        el('table', {}, [el('thead', {}, [el('tr', {}, head.map((text) => el('th', { scope: 'col', text: text })))]), el('tbody', {}, told.parts.map((one) => el('tr', {}, [
          el('th', { scope: 'row', text: one.name }), el('td', { text: share(one.expected) }),
          el('td', { text: share(one.low) + '–' + share(one.high) }), el('td', { text: one.visits + ' / ' + one.came }),
        ])))]));
      learned.hidden = false;
    });
    draw();

    return {
      isDrawing: () => drawing !== null,
      button: (stop) => {
        const button = el('button', { type: 'button', class: 'cancel-stop', text: words.cancel_this });
        button.addEventListener('click', () => {
          if (!chosen.cancel.some((one) => one.stop_id === stop.stop_id && one.day === stop.day)) {
            add(() => {
              if (stop.campaign) chosen.campaign = stop.campaign;
              chosen.cancel.push({ stop_id: stop.stop_id, day: stop.day, text: words.cancel + ' ' + stop.day.slice(5) + ' ' + stop.name });
            });
          }
          map.closePopup();
          root.scrollIntoView({ block: 'start', behavior: 'smooth' });
        });
        return button;
      },
    };
  };
})();
