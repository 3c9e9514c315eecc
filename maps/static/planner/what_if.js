/* Trying a site: tap the map, and the service tells whom it would add and draws from where people
   walk there. Served pages only. */
(function () {
  'use strict';
  const yizhan = window.yizhan;
  const el = yizhan.element;

  const SHADES = ['#0b3d2c', '#1c8a64', '#7cc9ab'];

  async function post(question, at) {
    const base = window.location.pathname.replace(/(maps\/planner\.html|planner)$/, '');
    const reply = await fetch(base + 'planning/' + question, {
      method: 'POST', credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ lon: at.lng, lat: at.lat }),
    });
    return { ok: reply.ok, told: await reply.json() };
  }

  /* The widest lies lowest; each shows its own edge and adds its shade to those around it. */
  function areas(told, renderer) {
    const widestFirst = told.features.slice().reverse();
    return L.featureGroup(widestFirst.map((area, n) => L.geoJSON(area, {
      interactive: false, pane: 'reach',
      style: {
        renderer: renderer, color: SHADES[told.features.length - 1 - n] || SHADES[2], weight: 1.5, opacity: 0.9, fillOpacity: 0.13,
      },
    })));
  }

  function reachKey(told, words) {
    return el('p', { class: 'reach-key' }, told.features.map((area, n) => el('span', {
      text: words.walk_minutes.replace('{n}', area.properties.minutes), style: 'border-color:' + (SHADES[n] || SHADES[2]),
    })));
  }

  function answer(told, data, words, tools) {
    const better = data.sites.filter((site) => site.workers_new > told.workers_new).length;
    const share = (pairs, names) => tools.named(pairs, names);
    return el('div', { class: 'what-if' }, [
      el('h3', { text: words.here }),
      el('p', { class: 'big number', text: '+' + tools.number(told.workers_new) + ' ' + words.people }),
      data.sites.length && told.workers_new > 0 ? el('p', { class: 'soft', text: words.would_rank.replace('{n}', better + 1) }) : null,
      tools.details([
        [words.within, tools.number(told.workers_within) + ' ' + words.people],
        [words.gained_office, told.worker_hours_new === null ? null : tools.number(told.worker_hours_new)],
        [words.beside_plan, told.workers_beside_plan === null ? null : tools.number(told.workers_beside_plan) + ' ' + words.people],
        [words.nearest, told.nearest_station_name ? told.nearest_station_name + ' · ' + tools.metres(told.nearest_m, words) : null],
        [words.gaps_closed, told.gap_ids.join('、')],
      ]),
      tools.bars(share(told.by_group, data.words_of_groups), words),
    ]);
  }

  yizhan.whatIf = function (map, data, words, tools) {
    const button = document.getElementById('try-site');
    if (!button || !/^https?:$/.test(window.location.protocol)) return;
    button.hidden = false;
    map.createPane('reach').style.zIndex = 360;
    map.getPane('reach').style.pointerEvents = 'none';
    const renderer = L.svg({ pane: 'reach', padding: 0.3 });
    let on = false;
    let mark = null;
    let reach = null;
    let asked = 0;
    const hint = el('span', { class: 'try-hint', text: '' });
    button.appendChild(hint);
    function unreach() {
      if (reach) reach.remove();
      reach = null;
    }
    function toggle(wanted) {
      on = wanted;
      map.closePopup();
      button.setAttribute('aria-pressed', String(on));
      hint.textContent = on ? words.try_hint : '';
      document.documentElement.classList.toggle('trying', on);
      if (on) return;
      asked += 1;
      unreach();
      if (mark) mark.remove();
      mark = null;
    }
    function stand(at) {
      if (!mark) {
        mark = yizhan.pin(at, '?', '#12694d', words.here, '');
        mark.options.draggable = true;
        mark.addTo(map);
        mark.on('dragend', () => ask(mark.getLatLng()));
      }
      mark.setLatLng(at);
      mark.unbindPopup().bindPopup(words.asking, tools.POPUP).openPopup();
    }
    /* A late reply to an earlier tap says nothing: the mark has moved on. */
    async function ask(at) {
      const mine = ++asked;
      stand(at);
      unreach();
      try {
        const [people, within] = await Promise.all([post('what-if', at), post('isochrones', at)]);
        if (mine !== asked) return;
        if (!people.ok) {
          mark.setPopupContent(el('p', { text: people.told.detail || words.failed }));
          return;
        }
        const shown = answer(people.told, data, words, tools);
        if (within.ok) {
          reach = areas(within.told, renderer).addTo(map);
          shown.appendChild(reachKey(within.told, words));
        }
        mark.setPopupContent(shown);
      } catch {
        if (mine === asked) mark.setPopupContent(el('p', { text: words.failed }));
      }
    }
    button.addEventListener('click', () => toggle(!on));
    /* Before the map's own shapes take the click: gaps are where one wants to try. */
    map.getContainer().addEventListener('click', (event) => {
      if (!on || event.target.closest('.leaflet-control, .leaflet-popup, .leaflet-marker-icon')) return;
      if (map.dragging.moved()) return;
      event.stopPropagation();
      ask(map.mouseEventToLatLng(event));
    }, true);
  };
})();
