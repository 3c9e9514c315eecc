// @ts-check
/** The draft on the map against what stands: solid where the buses go now, dashed where they went. */
import { makeGround } from 'workbench/ground.mjs';
import { COLOURS } from './grid.mjs';

/**
 * @param {HTMLElement} place
 * @param {{style: string, language: 'zh' | 'en', root: string}} settings
 * @param {(stop: string) => void} pick - told which stop was pressed
 */
export function draftMap(place, settings, pick) {
  const map = makeGround(place, settings);
  /** @type {any} */
  let held = null;
  /** @type {any} */
  let published = { type: 'FeatureCollection', features: [] };
  fetch(`${settings.root}/bus/campaign.geojson`, { credentials: 'same-origin' })
    .then((reply) => (reply.ok ? reply.json() : published)).then((told) => { published = told; draw(); }, () => {});

  function sources() {
    for (const id of ['stands', 'draft', 'stops']) {
      if (!map.getSource(id)) map.addSource(id, { type: 'geojson', data: empty() });
    }
    if (map.getLayer('stands')) return;
    map.addLayer({ id: 'stands', type: 'line', source: 'stands', paint: { 'line-color': ['get', 'colour'], 'line-width': 3, 'line-opacity': ['get', 'shown'], 'line-dasharray': [2, 1.4] } });
    map.addLayer({ id: 'draft', type: 'line', source: 'draft', paint: { 'line-color': ['get', 'colour'], 'line-width': 4 } });
    map.addLayer({ id: 'stops', type: 'circle', source: 'stops', paint: {
      'circle-radius': ['get', 'size'], 'circle-color': ['get', 'colour'], 'circle-stroke-color': '#fff', 'circle-stroke-width': ['get', 'edge'],
    } });
    map.addLayer({ id: 'numbers', type: 'symbol', source: 'stops', filter: ['has', 'number'], layout: { 'text-field': ['get', 'number'], 'text-size': 12, 'text-font': ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'], 'text-allow-overlap': true }, paint: { 'text-color': '#fff' } });
    map.on('click', 'stops', (event) => { const stop = event.features?.[0]?.properties?.stop; if (stop) pick(stop); });
    map.on('mouseenter', 'stops', () => { map.getCanvas().style.cursor = 'pointer'; });
    map.on('mouseleave', 'stops', () => { map.getCanvas().style.cursor = ''; });
  }

  function draw() {
    if (!held || !map.isStyleLoaded()) return;
    sources();
    const { ground, state, day } = held;
    const at = new Map(ground.stops.map((/** @type {any} */ s) => [s.id, [s.lon, s.lat]]));
    const colour = new Map(ground.buses.map((/** @type {any} */ bus, /** @type {number} */ n) => [bus.id, COLOURS[n % COLOURS.length]]));
    const changed = new Set(state.bus_days.filter((/** @type {any} */ one) => one.is_changed).map((/** @type {any} */ one) => `${one.bus} ${one.day}`));
    const runs = state.bus_days.filter((/** @type {any} */ one) => !day || one.day === day);
    const now = new Set(state.bus_days.map((/** @type {any} */ one) => `${one.bus} ${one.day}`));
    set('stands', published.features.filter((/** @type {any} */ one) => one.properties.layer === 'bus_routes')
      .filter((/** @type {any} */ one) => !day || String(one.properties.day).slice(0, 10) === day)
      .map((/** @type {any} */ one) => {
        const key = `${one.properties.bus_id} ${String(one.properties.day).slice(0, 10)}`;
        return line(one.geometry, { colour: colour.get(one.properties.bus_id) ?? '#777', shown: changed.has(key) || !now.has(key) ? 0.55 : 0.95 });
      }));
    set('draft', runs.filter((/** @type {any} */ one) => one.is_changed).map((/** @type {any} */ one) => {
      const bus = ground.buses.find((/** @type {any} */ b) => b.id === one.bus);
      return line({ type: 'LineString', coordinates: [bus.at, ...one.stops.map((/** @type {string} */ s) => at.get(s)), bus.end_at] }, { colour: colour.get(one.bus) });
    }));
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
    show(told) { held = told; draw(); },
    /** @param {any} stop */
    look(stop) { map.easeTo({ center: [stop.lon, stop.lat], duration: 350 }); },
  };
}

function empty() { return { type: /** @type {const} */ ('FeatureCollection'), features: [] }; }
/** @param {any} geometry @param {any} properties */
function line(geometry, properties) { return { type: 'Feature', geometry, properties }; }
/** @param {any} coordinates @param {any} properties */
function point(coordinates, properties) { return { type: 'Feature', geometry: { type: 'Point', coordinates }, properties }; }
