/* The planner's map: gaps, sites, stations and workers, tied to the lists beside it. */
(function () {
  'use strict';
  const yizhan = window.yizhan;
  const el = yizhan.element;

  const number = yizhan.number;

  function metres(value, words) {
    if (value === null || value === undefined) return '—';
    const tens = Math.round(value / 10) * 10;
    return tens < 1000 ? tens + ' ' + words.m : (tens / 1000).toFixed(1) + ' ' + words.km;
  }

  function details(pairs) {
    const list = el('dl');
    pairs.forEach((pair) => {
      if (pair[1] === null || pair[1] === undefined || pair[1] === '') return;
      list.appendChild(el('dt', { text: pair[0] }));
      list.appendChild(el('dd', { text: pair[1] }));
    });
    return list;
  }

  function bars(groups, words) {
    if (!groups || !groups.length) return null;
    const most = groups[0][1];
    const box = el('div', { class: 'bars', role: 'list', 'aria-label': words.groups });
    groups.slice(0, 6).forEach((group) => {
      box.appendChild(el('span', { text: group[0] }));
      box.appendChild(el('i', { style: 'width:' + Math.max(2, (100 * group[1]) / most) + '%' }));
      box.appendChild(el('span', { class: 'number', text: number(group[1]) }));
    });
    return box;
  }

  function named(amounts, names) {
    return Object.entries(amounts).filter((pair) => pair[1] > 0).sort((a, b) => b[1] - a[1])
      .map((pair) => [names[pair[0]] || pair[0], pair[1]]);
  }

  function sitePopup(site, words) {
    const runnerUp = site.runner_up_name
      ? site.runner_up_name + (site.runner_up_loss === null ? '' : '（' + words.runner_up_loss + ' ' + number(site.runner_up_loss) + ' ' + words.people + '）')
      : null;
    return el('div', {}, [
      el('h3', { text: site.rank + '. ' + site.name }),
      el('div', { class: 'chip-line' }, [
        el('span', { class: 'tag', text: site.action }),
        site.phase ? el('span', { class: 'tag', text: words.phase.replace('{n}', site.phase) }) : null,
        el('span', { class: 'tag', text: '+' + number(site.workers_new) + ' ' + words.people }),
      ]),
      site.reason ? el('p', { text: site.reason }) : null,
      details([
        [words.lost, site.workers_lost === null ? null : number(site.workers_lost) + ' ' + words.people],
        [words.nearest, site.nearest_station_name ? site.nearest_station_name + ' · ' + metres(site.nearest_m, words) : null],
        [words.runner_up, runnerUp],
        [words.gained_hours, site.worker_hours_new === null ? null : number(site.worker_hours_new)],
        [words.cost, site.cost_cny === null ? null : number(site.cost_cny) + ' ' + words.yuan],
        [words.host, site.host],
        [words.address, site.address],
      ]),
      bars(site.groups, words),
      site.settings && site.settings.length ? el('p', { class: 'soft', text: site.settings.map((one) => one[0] + ' ' + number(one[1])).join(' · ') }) : null,
    ]);
  }

  function gapPopup(gap, words) {
    return el('div', {}, [
      el('h3', { text: words.gap + ' ' + gap.rank + ' · ' + [gap.district, gap.name || gap.subdistrict].filter(Boolean).join(' ') }),
      el('div', { class: 'chip-line' }, [
        el('span', { class: 'tag bad', text: number(gap.workers) + ' ' + words.people }),
        gap.cause ? el('span', { class: 'tag bad', text: gap.cause }) : null,
      ]),
      ...(gap.reading || '').split(/(?<=。)/).filter(Boolean).map((sentence) => el('p', { text: sentence })),
      bars(gap.groups, words),
    ]);
  }

  function stationPopup(station, kinds, words, links) {
    return el('div', {}, [
      el('h3', { text: station[3] }),
      el('div', { class: 'chip-line' }, [el('span', { class: 'tag', text: kinds[station[2]].text })]),
      details([
        [words.address, station[4]],
        [words.hours, station[5]],
        [words.amenities, station[6]],
        [words.phone, station[7]],
        [words.status, station[8]],
      ]),
      links.length ? el('p', { class: 'linked' }, links.map((link) => el('a', {
        href: link.href.replace('{id}', encodeURIComponent(station[9])), text: link.text,
      }))) : null,
    ]);
  }

  function rowPopup(row, layer) {
    return el('div', {}, [
      el('h3', { text: row[2] || layer.text }),
      el('div', { class: 'chip-line' }, [el('span', { class: 'tag', text: layer.text })]),
      details(row[3]),
    ]);
  }

  /* Beside the legend on a wide screen, below the search box on a narrow one. */
  const wide = window.innerWidth > 820;
  const POPUP = { maxWidth: wide ? 340 : 280, maxHeight: Math.max(200, wide ? window.innerHeight - 240 : window.innerHeight * 0.68 - 215), autoPanPaddingTopLeft: [16, wide ? 66 : 112], autoPanPaddingBottomRight: [wide ? 275 : 16, 16] };

  /* The worst gaps stand out, the others only show where more of them lie. */
  const TOP = 50;

  function latLng(at) {
    return L.latLng(at[1], at[0]);
  }

  yizhan.planner = function (map) {
    const data = yizhan.data('planner-data');
    const words = data.words;
    yizhan.ground(map, data.base, words);
    [['heat', 350], ['workers', 420], ['stations', 430]].forEach((pane) => {
      map.createPane(pane[0]).style.zIndex = pane[1];
      if (pane[0] !== 'stations') map.getPane(pane[0]).style.pointerEvents = 'none';
    });
    const canvas = (pane) => L.canvas({ pane: pane, padding: 0.3 });

    /* One canvas for all that can be clicked: of two, the upper would swallow the lower's clicks. */
    const shared = canvas('stations');
    const gapLayers = {};
    const gapGroups = {};
    const gapRanks = {};
    const minorRanks = {};
    Object.keys(data.causes).forEach((cause) => { gapGroups[cause] = L.layerGroup(); gapRanks[cause] = L.layerGroup(); minorRanks[cause] = L.layerGroup(); });
    data.gaps.forEach((gap) => {
      const rings = gap.rings.map(yizhan.unpackLatLngs);
      if (!rings.length) return;
      const shape = L.polygon(rings, {
        renderer: shared, pane: 'stations', color: data.causes[gap.key], weight: gap.rank <= TOP ? 2 : 0.7, opacity: gap.rank <= TOP ? 0.95 : 0.5,
        fillColor: data.causes[gap.key], fillOpacity: gap.rank <= TOP ? 0.5 : 0.16, fillRule: 'evenodd',
      });
      shape.on('add', () => shape.bringToBack());
      shape.bindPopup(() => gapPopup(gap, words), POPUP);
      shape.bindTooltip(() => el('span', { text: words.gap + ' ' + gap.rank + ' · ' + number(gap.workers) + ' ' + words.people }), { sticky: true });
      gapLayers[gap.rank] = shape;
      gapGroups[gap.key].addLayer(shape);
      (gap.rank <= TOP ? gapRanks : minorRanks)[gap.key].addLayer(yizhan.place(
        latLng(gap.at), el('span', { class: 'map-gap', text: String(gap.rank), style: 'color:' + data.causes[gap.key] }),
        { pane: 'places', interactive: false, keyboard: false },
      ));
    });

    const stationGroups = data.kinds.map(() => L.layerGroup());
    const stationMarks = data.stations.map((station) => {
      const kind = data.kinds[station[2]];
      const mark = new yizhan.Mark([station[1], station[0]], {
        renderer: shared, pane: 'stations', shape: kind.shape, radius: 5,
        color: '#fff', weight: 1, fillColor: kind.colour, fillOpacity: 0.95,
      });
      mark.bindPopup(() => stationPopup(station, data.kinds, words, data.station_links), POPUP);
      mark.bindTooltip(() => el('span', { text: station[3] }), { direction: 'top', offset: [0, -4] });
      stationGroups[station[2]].addLayer(mark);
      return mark;
    });
    const markedGroups = {};
    const markedMarks = {};
    data.marked.forEach((layer) => {
      markedMarks[layer.key] = layer.rows.map((row) => {
        const mark = new yizhan.Mark([row[1], row[0]], {
          renderer: shared, pane: 'stations', shape: layer.shape, radius: 5,
          color: '#fff', weight: 1, fillColor: layer.colour, fillOpacity: 0.95,
        });
        mark.bindPopup(() => rowPopup(row, layer), POPUP);
        mark.bindTooltip(() => el('span', { text: row[2] || layer.text }), { direction: 'top', offset: [0, -4] });
        return mark;
      });
      markedGroups[layer.key] = L.layerGroup(markedMarks[layer.key]);
    });
    const resize = () => {
      const zoom = map.getZoom();
      map.getContainer().classList.toggle('far-out', zoom < 11.5);
      Object.keys(gapGroups).forEach((cause) => {
        [[gapRanks, 10.5], [minorRanks, 14]].forEach((pair) => {
          if (zoom >= pair[1]) gapGroups[cause].addLayer(pair[0][cause]); else gapGroups[cause].removeLayer(pair[0][cause]);
        });
      });
      /* From afar the worst are a few pixels wide: a heavy outline keeps them in sight. */
      data.gaps.slice(0, TOP).forEach((gap) => { if (gapLayers[gap.rank]) gapLayers[gap.rank].setStyle({ weight: zoom < 11 ? 5 : 2 }); });
      const radius = zoom < 10 ? 2.6 : zoom < 11.5 ? 3.4 : zoom < 13 ? 4.6 : zoom < 15 ? 6 : 7.5;
      stationMarks.concat(...Object.values(markedMarks)).forEach((mark) => { mark.options.radius = radius; mark.options.weight = zoom < 11.5 ? 0.6 : 1.2; mark.setRadius(radius); });
    };
    map.on('zoomend', resize);
    resize();

    const pieceGroups = {};
    (data.pieces || []).forEach((kind) => {
      pieceGroups[kind.key] = L.layerGroup(kind.pieces.map((piece) => {
        const line = L.polyline(piece.lines.map(yizhan.unpackLatLngs), { renderer: shared, pane: 'stations', color: kind.colour, weight: 3, opacity: 0.85, dashArray: '6 4' });
        line.on('add', () => line.bringToBack());
        line.bindTooltip(() => el('span', { text: piece.says }), { sticky: true });
        line.bindPopup(() => el('p', { text: piece.says }), POPUP);
        return line;
      }));
    });

    const siteMarks = {};
    const phaseGroups = {};
    data.sites.forEach((site) => {
      const light = ['#6aa5d8', '#9cc3e6', '#bcd6ee'].includes(site.colour) ? 'light' : '';
      const mark = yizhan.pin(latLng(site.at), String(site.rank), site.colour, words.site + ' ' + site.rank + ' ' + site.name, light);
      mark.bindPopup(() => sitePopup(site, words), POPUP);
      mark.on('click', () => choose('site', site.rank));
      siteMarks[site.rank] = mark;
      const phase = String(site.phase);
      (phaseGroups[phase] = phaseGroups[phase] || L.layerGroup()).addLayer(mark);
    });

    const heat = new yizhan.Heat('heat');
    const circles = L.layerGroup();
    const workerCanvas = canvas('workers');
    function showWorkers() {
      const group = document.getElementById('group').value;
      const setting = document.getElementById('setting').value;
      const style = document.querySelector('input[name="worker-style"]:checked').value;
      const on = document.getElementById('show-workers').checked;
      const chosen = data.workers.filter((w) => (group === '' || w[3] === Number(group)) && (setting === '' || w[4] === Number(setting)));
      circles.clearLayers();
      map.removeLayer(heat);
      map.removeLayer(circles);
      if (!on) return;
      if (style === 'heat') {
        heat.setPoints(chosen).addTo(map);
        return;
      }
      chosen.forEach((w) => {
        L.circleMarker([w[1], w[0]], { renderer: workerCanvas, pane: 'workers', radius: Math.max(1.5, Math.sqrt(w[2]) * 0.55), stroke: false, fillColor: '#8a5a00', fillOpacity: 0.32, interactive: false }).addTo(circles);
      });
      circles.addTo(map);
    }

    function choose(kind, rank) {
      document.querySelectorAll('.rows button[aria-current]').forEach((button) => button.removeAttribute('aria-current'));
      const button = document.querySelector('.rows button[data-' + kind + '="' + rank + '"]');
      if (button) {
        button.setAttribute('aria-current', 'true');
        const panel = document.querySelector('.panel');
        if (panel.scrollHeight > panel.clientHeight && button.offsetParent) button.scrollIntoView({ block: 'nearest' });
      }
    }

    function fly(at, zoom, then) {
      const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
      map.once('moveend', then);
      map.flyTo(at, Math.max(map.getZoom(), zoom), { animate: !still, duration: 0.8 });
    }

    const bind = (input, group) => {
      const apply = () => (input.checked ? group.addTo(map) : map.removeLayer(group));
      input.addEventListener('change', apply);
      apply();
    };
    const tools = { number, metres, details, bars, named, choose, fly, bind, POPUP };
    const go = {
      measure: yizhan.planActions(map, data, words, tools),
      site: function (rank) {
        const site = data.sites.find((s) => String(s.rank) === String(rank));
        const phase = document.querySelector('[data-phase="' + site.phase + '"]');
        if (phase && !phase.checked) phase.click();
        choose('site', rank);
        fly(latLng(site.at), 15, () => siteMarks[rank].openPopup());
      },
      gap: function (rank) {
        const gap = data.gaps.find((g) => String(g.rank) === String(rank));
        const toggle = document.querySelector('[data-cause="' + gap.key + '"]');
        if (!toggle.checked) toggle.click();
        gapList.reveal(rank);
        choose('gap', rank);
        const shape = gapLayers[gap.rank];
        if (!shape) { fly(latLng(gap.at), 14, () => {}); return; }
        map.once('moveend', () => shape.openPopup(latLng(gap.at)));
        map.flyToBounds(shape.getBounds(), { maxZoom: 15, padding: [60, 60], duration: 0.8 });
      },
      marked: function (layer, number) {
        const mark = markedMarks[layer.key][number];
        const toggle = document.querySelector('[data-marked="' + layer.key + '"]');
        if (!toggle.checked) toggle.click();
        fly(mark.getLatLng(), 16, () => mark.openPopup());
      },
      district: function (code) {
        const district = data.base.districts.find((d) => String(d.code) === String(code));
        map.flyToBounds(L.latLngBounds(district.rings.map(yizhan.unpackLatLngs).flat()), { duration: 0.8, padding: [10, 10] });
      },
      station: function (index) {
        const mark = stationMarks[index];
        const toggle = document.querySelector('[data-kind="' + data.stations[index][2] + '"]');
        if (!toggle.checked) toggle.click();
        fly(mark.getLatLng(), 16, () => mark.openPopup());
      },
    };

    document.querySelector('.panel').addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (!button) return;
      if (button.dataset.site) go.site(button.dataset.site);
      else if (button.dataset.measure) go.measure(button.dataset.measure);
      else if (button.dataset.gap) go.gap(button.dataset.gap);
      else if (button.dataset.district) go.district(button.dataset.district);
    });

    const gapList = data.gaps.length ? yizhan.gapList(data.gaps, words, data.causes, go.district) : null;
    document.querySelectorAll('[data-cause]').forEach((input) => {
      bind(input, gapGroups[input.dataset.cause]);
      if (gapList) input.addEventListener('change', gapList.draw);
    });
    document.querySelectorAll('[data-pieces]').forEach((input) => bind(input, pieceGroups[input.dataset.pieces]));
    document.querySelectorAll('[data-marked]').forEach((input) => bind(input, markedGroups[input.dataset.marked]));
    document.querySelectorAll('[data-kind]').forEach((input) => bind(input, stationGroups[Number(input.dataset.kind)]));
    document.querySelectorAll('[data-phase]').forEach((input) => bind(input, phaseGroups[input.dataset.phase] || L.layerGroup()));
    document.querySelectorAll('[data-swatch]').forEach((element) => {
      const kind = data.kinds[Number(element.dataset.swatch)];
      yizhan.swatch(element, kind.shape, kind.colour);
    });
    document.querySelectorAll('[data-marked-swatch]').forEach((element) => {
      const layer = data.marked[Number(element.dataset.markedSwatch)];
      yizhan.swatch(element, layer.shape, layer.colour);
    });
    document.querySelectorAll('#show-workers, #group, #setting, input[name="worker-style"]').forEach((input) => input.addEventListener('change', showWorkers));
    showWorkers();

    const tabs = Array.from(document.querySelectorAll('.tabs [role="tab"]'));
    const open = (tab) => tabs.forEach((other) => {
      const on = other === tab;
      other.setAttribute('aria-selected', String(on));
      other.tabIndex = on ? 0 : -1;
      document.getElementById(other.getAttribute('aria-controls')).hidden = !on;
    });
    tabs.forEach((tab, i) => {
      tab.addEventListener('click', () => open(tab));
      tab.addEventListener('keydown', (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs[(i + step + tabs.length) % tabs.length];
        open(next);
        next.focus();
      });
    });

    search(data, words, go);
    yizhan.whatIf(map, data, words, tools);
    if (window.innerWidth <= 820) document.querySelector('.legend').open = false;
    document.documentElement.dataset.ready = 'yes';
  };

  function search(data, words, go) {
    const input = document.getElementById('search');
    const list = document.getElementById('found');
    const entries = [].concat(
      data.sites.map((s) => ({ text: s.name, hint: words.site + ' ' + s.rank, go: () => go.site(s.rank) })),
      (data.actions || []).map((a) => ({ text: a.name, hint: a.what, go: () => go.measure(a.rank) })),
      data.base.districts.map((d) => ({ text: d.name, hint: words.district, go: () => go.district(d.code) })),
      data.gaps.map((g) => ({ text: words.gap + ' ' + g.rank, hint: [g.district, g.name || g.subdistrict].filter(Boolean).join(' '), go: () => go.gap(g.rank) })),
      data.stations.map((s, i) => ({ text: s[3], hint: data.kinds[s[2]].text, go: () => go.station(i) })),
      data.marked.flatMap((layer) => layer.rows.map((row, i) => ({ text: row[2], hint: layer.text, go: () => go.marked(layer, i) }))),
    );
    input.addEventListener('input', () => {
      const wanted = input.value.trim().toLowerCase();
      list.replaceChildren();
      list.hidden = !wanted;
      if (!wanted) return;
      const found = entries.filter((e) => (String(e.text) + ' ' + e.hint).toLowerCase().includes(wanted)).slice(0, 12);
      if (!found.length) list.appendChild(el('li', { class: 'none', text: words.nothing }));
      found.forEach((entry) => {
        const button = el('button', { type: 'button' }, [el('span', { text: entry.text }), el('small', { text: entry.hint })]);
        button.addEventListener('click', () => { list.hidden = true; input.value = entry.text; entry.go(); });
        list.appendChild(el('li', {}, [button]));
      });
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') { list.hidden = true; }
      if (event.key === 'Enter' && list.querySelector('button')) list.querySelector('button').click();
    });
  }
})();
