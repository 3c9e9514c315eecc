// @ts-check
/** What is drawn on the base map: gaps and the plan in front, stations and candidates muted. */
import { isShown } from './filters.mjs';
import { draft, planShown, view } from './state.mjs';

/** Causes of gaps differ in lightness too: whoever cannot tell red from green tells them apart. */
const LIGHT = { gap: '#8f2a18', closed: '#5148ad', lacks: '#a8890f', full: '#1f8296', site: '#0f4c81', locked: '#1d2733', gone: '#2f353d', came: '#157a5b', candidate: '#6b7280', station: '#4d6b5f', tried: '#a8327d', reach: '#a8327d', now: '#4d6b5f', added: '#1f9d6b', paper: '#ffffff' };
const DARK = { ...LIGHT, gap: '#e0755a', closed: '#a393e6', lacks: '#ffd24a', full: '#b4e9ec', site: '#8cc2f2', locked: '#ffffff', gone: '#e3e8ee', came: '#7fd8b2', candidate: '#9aa5b1', station: '#8fb3a4', tried: '#f59ad2', reach: '#f59ad2', now: '#8fb3a4', added: '#4fd6a3', paper: '#11171e' };

/** @returns {typeof LIGHT} the colours of the reader's light or dark */
export function colours() { return window.matchMedia('(prefers-color-scheme: dark)').matches ? DARK : LIGHT; }

/** @typedef {{key: string, text: string, colour: string, columns: {name: string, text: string, words: Record<string, string>}[]}} Marked */
/** Layers drawn as plain marks. @type {Marked[]} */
let plain = [];

/** @param {{marked: Marked[]}} settings */
export function beginMarks(settings) { plain = settings.marked; }

/** The layers drawn as plain marks. */
export function marked() { return plain; }

/** Ids of what draws the layer `key`. @param {string} key */
export function drawnBy(key) { return [`wb-marked-${key}`, `wb-marked-${key}-area`]; }

/** @param {any[]} features */
export function collection(features) { return { type: 'FeatureCollection', features }; }

/** @param {any} site @param {Record<string, any>} [more] */
export function pointOf(site, more = {}) {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: [site.lon, site.lat] }, properties: { id: site.id, name: site.name, ...more } };
}

/** From this zoom gaps are the streets they are, below it their outlines. */
const STREETS_FROM = 9.5;
const BLOCK_M = 700;

/**
 * Fills the blocks between streets: a hole less than `BLOCK_M` across is the inside of a block, not
 * a place out of reach; wider ones stay.
 * @param {any} areas - GeoJSON polygons
 */
export function filled(areas) {
  /** @param {number[][]} ring */
  const across_m = (ring) => {
    const lons = ring.map(([lon]) => lon);
    const lats = ring.map(([, lat]) => lat);
    return 111320 * Math.max(Math.max(...lats) - Math.min(...lats), (Math.max(...lons) - Math.min(...lons)) * Math.cos(lats[0] * Math.PI / 180));
  };
  /** @param {number[][][]} rings */
  const kept = (rings) => rings.filter((ring, n) => n === 0 || across_m(ring) >= BLOCK_M);
  return { ...areas, features: areas.features.map((/** @type {any} */ one) => ({ ...one, geometry: { ...one.geometry, coordinates: one.geometry.type === 'Polygon' ? kept(one.geometry.coordinates) : one.geometry.coordinates.map(kept) } })) };
}

/**
 * Adds sources and layers once the base map's style is there.
 * @param {any} map @param {string} root @param {string[]} layers - those the project has
 */
export function addMarks(map, root, layers) {
  const c = colours();
  /** @param {string} name */
  const tiles = (name) => {
    if (!map.getSource(name)) map.addSource(name, { type: 'vector', tiles: [`${new URL(root || '/', location.href).href.replace(/\/$/, '')}/tiles/${name}/{z}/{x}/{y}.mvt`], maxzoom: 14 });
  };
  for (const name of ['gaps', 'candidates', 'stations', 'yizhan', ...plain.map(({ key }) => key)]) if (layers.includes(name)) tiles(name);
  if (layers.includes('gaps') && !map.getSource('gap-streets')) map.addSource('gap-streets', { type: 'vector', tiles: [`${new URL(root || '/', location.href).href.replace(/\/$/, '')}/planning/gap-streets/{z}/{x}/{y}.mvt`], minzoom: Math.floor(STREETS_FROM), maxzoom: 14 });
  for (const name of ['reach', 'ground-now', 'ground-added', 'plan', 'went', 'tried', 'rows', 'story']) {
    if (!map.getSource(`wb-${name}`)) map.addSource(`wb-${name}`, { type: 'geojson', data: collection([]) });
  }
  const cause = ['match', ['get', 'cause'], 'closed_then', c.closed, 'lacks_amenity', c.lacks, 'full', c.full, c.gap];
  add(map, { id: 'wb-ground-now', type: 'fill', source: 'wb-ground-now', layout: { visibility: 'none' }, paint: { 'fill-color': c.now, 'fill-opacity': 0.3 } });
  add(map, { id: 'wb-ground-added', type: 'fill', source: 'wb-ground-added', layout: { visibility: 'none' }, paint: { 'fill-color': c.added, 'fill-opacity': 0.5 } });
  add(map, { id: 'wb-gaps', type: 'fill', source: 'gaps', 'source-layer': 'gaps', paint: { 'fill-color': cause, 'fill-opacity': faint(1) } });
  add(map, { id: 'wb-gaps-edge', type: 'line', source: 'gaps', 'source-layer': 'gaps', paint: { 'line-color': cause, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.5, STREETS_FROM, 0.8, STREETS_FROM + 0.5, 0] } });
  add(map, { id: 'wb-gap-streets', type: 'line', source: 'gap-streets', 'source-layer': 'gap_streets', minzoom: STREETS_FROM, layout: { 'line-cap': 'round' }, paint: { 'line-color': cause, 'line-opacity': 0.75, 'line-width': ['interpolate', ['linear'], ['zoom'], STREETS_FROM, 0.7, 11, 1.2, 14, 3.5, 17, 8] } });
  add(map, { id: 'wb-reach', type: 'fill', source: 'wb-reach', paint: { 'fill-color': c.reach, 'fill-opacity': 0.14 } });
  add(map, { id: 'wb-reach-edge', type: 'line', source: 'wb-reach', paint: { 'line-color': c.reach, 'line-width': 1.5 } });
  const quiet = (/** @type {string} */ id, /** @type {string} */ source, /** @type {string} */ colour) => add(map, {
    id, type: 'circle', source, 'source-layer': source, minzoom: 11.5,
    paint: { 'circle-color': c.paper, 'circle-stroke-color': colour, 'circle-stroke-width': 1.2, 'circle-opacity': 0.6, 'circle-stroke-opacity': 0.75, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 1.6, 13, 4, 16, 6] },
  });
  quiet('wb-candidates', 'candidates', c.candidate);
  for (const name of ['stations', 'yizhan']) {
    add(map, { id: `wb-${name}`, type: 'circle', source: name, 'source-layer': name, paint: { 'circle-color': c.station, 'circle-opacity': 0.45, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 1.5, 13, 3.5, 16, 6] } });
  }
  for (const { key, colour } of plain) {
    const [points, areas] = drawnBy(key);
    add(map, { id: areas, type: 'fill', source: key, 'source-layer': key, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-opacity': 0.3 } });
    add(map, { id: points, type: 'circle', source: key, 'source-layer': key, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': colour, 'circle-stroke-color': c.paper, 'circle-stroke-width': 1, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 2, 13, 4, 16, 6.5] } });
  }
  add(map, { id: 'wb-story-ways', type: 'line', source: 'wb-story', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': ['case', ['get', 'station'], c.station, c.tried], 'line-width': 1.6, 'line-dasharray': [2, 2] } });
  add(map, { id: 'wb-story', type: 'circle', source: 'wb-story', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': ['case', ['get', 'station'], c.station, c.paper], 'circle-stroke-color': ['case', ['get', 'station'], c.paper, c.tried], 'circle-stroke-width': ['case', ['get', 'station'], 1.6, 2.5], 'circle-radius': 7 } });
  add(map, { id: 'wb-went', type: 'circle', source: 'wb-went', paint: { 'circle-color': c.paper, 'circle-opacity': 0.4, 'circle-stroke-color': c.gone, 'circle-stroke-width': 2.5, 'circle-radius': 7 } });
  add(map, {
    id: 'wb-plan', type: 'circle', source: 'wb-plan',
    paint: {
      'circle-color': ['case', ['get', 'came'], c.came, c.site],
      'circle-stroke-color': ['case', ['get', 'locked'], c.locked, c.paper],
      'circle-stroke-width': ['case', ['get', 'locked'], 3, 1.6],
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, ['case', ['get', 'came'], 6.5, 5], 14, 10],
    },
  });
  add(map, { id: 'wb-chosen', type: 'circle', source: 'wb-plan', filter: ['==', ['get', 'id'], ''], paint: { 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': c.tried, 'circle-stroke-width': 3, 'circle-radius': 15 } });
  add(map, { id: 'wb-tried', type: 'circle', source: 'wb-tried', paint: { 'circle-color': c.tried, 'circle-stroke-color': c.paper, 'circle-stroke-width': 2.5, 'circle-radius': 10 } });
  add(map, { id: 'wb-rows', type: 'circle', source: 'wb-rows', paint: { 'circle-color': ['case', ['get', 'ring'], c.paper, ['get', 'colour']], 'circle-opacity': ['case', ['get', 'ring'], 0.5, 1], 'circle-stroke-color': ['case', ['get', 'ring'], ['get', 'colour'], c.paper], 'circle-stroke-width': ['case', ['get', 'small'], 1, ['get', 'ring'], 2.5, 1.5], 'circle-radius': ['case', ['all', ['get', 'small'], ['get', 'ring']], 3, 7] } });
  drawPlan(map);
  filterMarks(map);
}

/** How strongly gaps are filled, until they are drawn as streets. @param {number} part @returns {any} */
function faint(part) { return ['interpolate', ['linear'], ['zoom'], 9, 0.55 * part, STREETS_FROM, 0.4 * part, STREETS_FROM + 0.5, 0]; }

/** @param {any} map @param {any} layer */
function add(map, layer) { if (!map.getLayer(layer.id) && map.getSource(layer.source)) map.addLayer(layer); }

/** The sites of the plan looked at, of the district looked at, that serve the group looked at. @returns {any[]} */
export function sitesShown() {
  const plan = planShown();
  return (plan?.sites ?? []).filter((/** @type {any} */ site) => isShown(site, plan));
}

/** Draws the plan of the draft open, what just came and what just went. @param {any} map */
export function drawPlan(map) {
  if (!map.getSource('wb-plan')) return;
  const state = draft();
  const came = new Set((state?.changed?.came ?? []).map((/** @type {any} */ site) => site.id));
  map.getSource('wb-plan').setData(collection(sitesShown().map((/** @type {any} */ site) => pointOf(site, { locked: site.pinned === 'locked', came: came.has(site.id) }))));
  map.getSource('wb-went').setData(collection((state?.changed?.went ?? []).filter((/** @type {any} */ site) => isShown(site, state?.plan)).map((/** @type {any} */ site) => pointOf(site))));
}

/** Shows only what the filters ask for. @param {any} map */
export function filterMarks(map) {
  const here = view.district ? [['==', ['get', 'district'], view.district]] : [];
  const whose = view.group ? [['>', ['coalesce', ['get', `workers_of_${view.group}`], 0], 0]] : [];
  const set = (/** @type {string[]} */ ids, /** @type {any[]} */ asked) => { for (const id of ids) if (map.getLayer(id)) map.setFilter(id, asked.length ? ['all', ...asked] : null); };
  set(['wb-candidates', 'wb-stations', 'wb-yizhan'], here);
  set(['wb-gaps', 'wb-gaps-edge', 'wb-gap-streets'], [...here, ...whose]);
  if (map.getLayer('wb-chosen')) map.setFilter('wb-chosen', ['==', ['get', 'id'], view.site]);
}

/**
 * Shows stations open at an hour full and the others as rings; all as they are for null.
 * @param {any} map @param {{open: string[]} | null} told
 */
export function drawHour(map, told) {
  const c = colours();
  const open = told ? ['in', ['get', 'id'], ['literal', told.open]] : null;
  for (const id of ['wb-stations', 'wb-yizhan']) {
    if (!map.getLayer(id)) continue;
    map.setPaintProperty(id, 'circle-color', open ? ['case', open, '#1c8a64', c.paper] : c.station);
    map.setPaintProperty(id, 'circle-opacity', open ? ['case', open, 0.95, 0.15] : 0.45);
    map.setPaintProperty(id, 'circle-stroke-color', c.gap);
    map.setPaintProperty(id, 'circle-stroke-width', open ? ['case', open, 0, 1] : 0);
    map.setLayoutProperty(id, 'visibility', open || shownStations ? 'visible' : 'none');
  }
  // Gaps are of all hours: at one hour they stand back behind who is there then.
  if (map.getLayer('wb-gap-streets')) map.setPaintProperty('wb-gap-streets', 'line-opacity', open ? 0.25 : 0.75);
  if (map.getLayer('wb-gaps')) map.setPaintProperty('wb-gaps', 'fill-opacity', faint(open ? 0.3 : 1));
}

let shownStations = false;

/** @param {boolean} shown - whether stations are wanted when no hour is looked at */
export function wantStations(shown) { shownStations = shown; }
