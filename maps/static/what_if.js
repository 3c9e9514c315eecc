/* Trying a site: tap the map, and the service tells whom it would add. Served pages only. */
(function () {
  'use strict';
  const yizhan = window.yizhan;
  const el = yizhan.element;

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
    let on = false;
    let mark = null;
    const hint = el('span', { class: 'try-hint', text: '' });
    button.appendChild(hint);
    function toggle(wanted) {
      on = wanted;
      map.closePopup();
      button.setAttribute('aria-pressed', String(on));
      hint.textContent = on ? words.try_hint : '';
      document.documentElement.classList.toggle('trying', on);
      if (!on && mark) { mark.remove(); mark = null; }
    }
    async function ask(at) {
      if (!mark) {
        mark = yizhan.pin(at, '?', '#12694d', words.here, '');
        mark.options.draggable = true;
        mark.addTo(map);
        mark.on('dragend', () => ask(mark.getLatLng()));
      }
      mark.setLatLng(at);
      mark.unbindPopup().bindPopup(words.asking, tools.POPUP).openPopup();
      try {
        const reply = await fetch(window.location.pathname.replace(/(maps\/planner\.html|planner)$/, '') + 'planning/what-if', {
          method: 'POST', credentials: 'same-origin',
          headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
          body: JSON.stringify({ lon: at.lng, lat: at.lat }),
        });
        const told = await reply.json();
        if (!mark) return;
        mark.setPopupContent(reply.ok ? answer(told, data, words, tools) : el('p', { text: told.detail || words.failed }));
      } catch {
        if (mark) mark.setPopupContent(el('p', { text: words.failed }));
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
