// @ts-check
/** The draft on the map against what stands: solid where the buses go now, dashed where they went. */
import { makeGround } from 'workbench/ground.mjs';
import { el, say } from 'workbench/page.mjs';
import { COLOURS } from './grid.mjs';

/**
 * @param {HTMLElement} place
 * @param {{style: string, language: 'zh' | 'en', root: string}} settings
 * @param {(stop: string) => void} pick - told which stop was pressed
 */
export function draftMap(place, settings, pick) {
  const map = makeGround(place, settings);
  const legend = el('p', { class: 'legend', hidden: true, text: say('粗线：草稿　虚线：原来公告的走法', 'Thick: the draft. Dashed: as announced before') });
  place.append(legend);
  /** @type {any} */
  let held = null;
  /** @type {Map<string, number[][]>} */
  const ways = new Map();
  let asking = false;
  /** @type {any} */
  let published = empty();
  let version = 0;

  /** Asks for the ways of what stands, once for each version. @param {number} now */
  async function readPublished(now) {
    if (now === version) return;
    version = now;
    try {
      const reply = await fetch(`${settings.root}/bus/campaign.geojson`, { credentials: 'same-origin', cache: 'no-cache' });
      if (reply.ok) published = await reply.json();
    } catch { /* The draft is drawn without them. */ }
    draw();
  }

  function sources() {
    for (const id of ['stands', 'draft', 'stops']) {
      if (!map.getSource(id)) map.addSource(id, { type: 'geojson', data: empty() });
    }
    if (map.getLayer('stands')) return;
    map.addLayer({ id: 'stands', type: 'line', source: 'stands', filter: ['!', ['get', 'gone']], layout: { 'line-join': 'round' }, paint: { 'line-color': ['get', 'colour'], 'line-width': 3 } });
    map.addLayer({ id: 'gone', type: 'line', source: 'stands', filter: ['get', 'gone'], paint: { 'line-color': ['get', 'colour'], 'line-width': 3, 'line-opacity': 0.6, 'line-dasharray': [2, 1.4] } });
    map.addLayer({ id: 'draft', type: 'line', source: 'draft', layout: { 'line-join': 'round' }, paint: { 'line-color': ['get', 'colour'], 'line-width': ['get', 'width'] } });
    map.addLayer({ id: 'stops', type: 'circle', source: 'stops', paint: {
      'circle-radius': ['get', 'size'], 'circle-color': ['get', 'colour'], 'circle-stroke-color': '#fff', 'circle-stroke-width': ['get', 'edge'],
    } });
    map.addLayer({ id: 'numbers', type: 'symbol', source: 'stops', filter: ['has', 'number'], layout: { 'text-field': ['get', 'number'], 'text-size': 12, 'text-font': ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'], 'text-allow-overlap': true }, paint: { 'text-color': '#fff' } });
    map.on('click', 'stops', (/** @type {any} */ event) => { const stop = event.features?.[0]?.properties?.stop; if (stop) pick(stop); });
    map.on('mouseenter', 'stops', () => { map.getCanvas().style.cursor = 'pointer'; });
    map.on('mouseleave', 'stops', () => { map.getCanvas().style.cursor = ''; });
  }

  function draw() {
    if (!held || !map.isStyleLoaded()) return;
    sources();
    const { ground, state, day } = held;
    const at = new Map(ground.stops.map((/** @type {any} */ s) => [s.id, [s.lon, s.lat]]));
    const colour = new Map(ground.buses.map((/** @type {any} */ bus, /** @type {number} */ n) => [bus.id, COLOURS[n % COLOURS.length]]));
    const changed = new Set(state.bus_days.filter((/** @type {any} */ one) => one.is_changed && !sameStops(one)).map((/** @type {any} */ one) => `${one.bus} ${one.day}`));
    const runs = state.bus_days.filter((/** @type {any} */ one) => !day || one.day === day);
    const now = new Set(state.bus_days.map((/** @type {any} */ one) => `${one.bus} ${one.day}`));
    set('stands', published.features.filter((/** @type {any} */ one) => one.properties.layer === 'bus_routes')
      .filter((/** @type {any} */ one) => !day || String(one.properties.day).slice(0, 10) === day)
      .map((/** @type {any} */ one) => {
        const key = `${one.properties.bus_id} ${String(one.properties.day).slice(0, 10)}`;
        const theirs = one.properties.campaign ? one.properties.campaign !== ground.campaign
          : state.others.some((/** @type {any} */ other) => `${other.bus} ${other.day}` === key);
        return line(one.geometry, { colour: theirs ? '#777' : colour.get(one.properties.bus_id) ?? '#777', gone: !theirs && (changed.has(key) || !now.has(key)) });
      }));
    set('draft', runs.filter((/** @type {any} */ one) => one.is_changed && !sameStops(one)).map((/** @type {any} */ one) => {
      const bus = ground.buses.find((/** @type {any} */ b) => b.id === one.bus);
      const coordinates = ways.get(wayKey(one)) ?? [bus.at, ...one.stops.map((/** @type {string} */ s) => at.get(s)), bus.end_at];
      return line({ type: 'LineString', coordinates }, { colour: colour.get(one.bus), width: ways.has(wayKey(one)) ? 4 : 2 });
    }));
    legend.hidden = changed.size === 0;
    const visited = runs.flatMap((/** @type {any} */ one) => one.stops.map((/** @type {string} */ s, /** @type {number} */ n) => point(at.get(s), {
      stop: s, colour: colour.get(one.bus), size: s === held.stop ? 13 : 9, edge: s === held.stop ? 4 : 1.5, ...(day ? { number: String(n + 1) } : {}),
    })));
    const there = new Set(runs.flatMap((/** @type {any} */ one) => one.stops));
    const free = ground.stops.filter((/** @type {any} */ s) => !there.has(s.id) && !s.is_banned).map((/** @type {any} */ s) => point([s.lon, s.lat], {
      stop: s.id, colour: '#7d8792', size: s.id === held.stop ? 10 : 4, edge: 1,
    }));
    set('stops', [...free, ...visited]);
    fit(day, runs, at);
  }

  /** Whether a bus-day stops where it is announced to: its way is the one that stands. @param {any} run */
  function sameStops(run) {
    const told = published.features.filter((/** @type {any} */ one) => one.properties.layer === 'bus_stops' && one.properties.bus_id === run.bus
      && String(one.properties.day).slice(0, 10) === run.day && !one.properties.shared_with);
    const stops = told.sort((/** @type {any} */ a, /** @type {any} */ b) => a.properties.order - b.properties.order).map((/** @type {any} */ one) => one.properties.stop_id);
    return stops.length > 0 && stops.join() === run.stops.join();
  }

  /** Asks for the draft's ways along the streets; straight thin lines stand in until they come. */
  async function askWays() {
    const wanted = held.state.bus_days.some((/** @type {any} */ one) => one.is_changed && !sameStops(one) && !ways.has(wayKey(one)));
    if (!wanted || asking) return;
    asking = true;
    const seen = held.state.revision;
    try {
      const reply = await fetch(`${settings.root}/bus/board/ways?campaign=${held.ground.campaign}`, { credentials: 'same-origin' });
      if (reply.ok) for (const one of await reply.json()) ways.set(wayKey(one), one.line);
    } catch { /* The straight lines stay. */ }
    asking = false;
    draw();
    if (held.state.revision !== seen) void askWays();
  }

  /** @type {string | null | undefined} */
  let fitted;
  /** Shows the day chosen, once. @param {string | null} day @param {any[]} runs @param {Map<string, number[]>} at */
  function fit(day, runs, at) {
    if (fitted === day) return;
    const animate = fitted !== undefined;
    fitted = day;
    const places = runs.flatMap((one) => one.stops.map((/** @type {string} */ s) => at.get(s)));
    if (!places.length) return;
    const [xs, ys] = [places.map((one) => one[0]), places.map((one) => one[1])];
    map.fitBounds([[Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]], { padding: 48, maxZoom: 14, animate });
  }

  /** @param {string} id @param {any[]} features */
  function set(id, features) { /** @type {any} */ (map.getSource(id))?.setData({ type: 'FeatureCollection', features }); }
  map.on('styledata', draw);
  map.on('load', draw);
  return {
    map,
    /** @param {any} told */
    show(told) { held = told; void readPublished(told.state.version); draw(); void askWays(); },
    /** @param {any} stop */
    look(stop) { map.easeTo({ center: [stop.lon, stop.lat], duration: 350 }); },
  };
}

/** @param {{bus: string, stops: string[]}} one */
function wayKey(one) { return `${one.bus} ${one.stops.join(' ')}`; }
function empty() { return { type: /** @type {const} */ ('FeatureCollection'), features: [] }; }
/** @param {any} geometry @param {any} properties */
function line(geometry, properties) { return { type: 'Feature', geometry, properties }; }
/** @param {any} coordinates @param {any} properties */
function point(coordinates, properties) { return { type: 'Feature', geometry: { type: 'Point', coordinates }, properties }; }
