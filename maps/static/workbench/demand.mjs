// @ts-check
/** Where workers are who have no station: bubbles that the service adds up for each zoom, as tiles. */
import { colours } from './marks.mjs';
import { view } from './state.mjs';
import { planId, weekQuery } from './week.mjs';

const SOURCE = 'demand';
const LAYERS = ['wb-demand', 'wb-demand-now', 'wb-demand-left'];
let drawn = '';

/** Where the tiles of what is looked at are. @param {string} root */
function address(root) {
  const base = new URL(root || '/', location.href).href.replace(/\/$/, '');
  return `${base}/drafts/${encodeURIComponent(planId())}/demand/{z}/{x}/{y}.mvt?${weekQuery(view.hour === null ? { week: '' } : { hour: view.hour })}`;
}

/** Adds the layers, not shown until they are wanted. @param {any} map @param {string} root */
export function addDemand(map, root) {
  drawn = address(root);
  if (!map.getSource(SOURCE)) map.addSource(SOURCE, { type: 'vector', tiles: [drawn], maxzoom: 14 });
  const c = colours();
  const wide = ['interpolate', ['linear'], ['zoom'], 8, ['+', 1.5, ['*', 9, ['get', 'size']]], 14, ['+', 2.5, ['*', 15, ['get', 'size']]]];
  /** A circle inside it, as large a part of its area. @param {any} part */
  const inner = (part) => ['interpolate', ['linear'], ['zoom'], 8, ['*', ['+', 1.5, ['*', 9, ['get', 'size']]], part], 14, ['*', ['+', 2.5, ['*', 15, ['get', 'size']]], part]];
  const part = (/** @type {string} */ name) => ['sqrt', ['/', ['get', name], ['get', 'workers']]];
  const circle = (/** @type {string} */ id, /** @type {Record<string, any>} */ paint, /** @type {any} */ filter) => {
    if (!map.getLayer(id)) map.addLayer({ id, type: 'circle', source: SOURCE, 'source-layer': 'demand', layout: { visibility: 'none' }, paint, ...(filter ? { filter } : {}) }, 'wb-went');
  };
  circle(LAYERS[0], { 'circle-radius': wide, 'circle-color': c.paper, 'circle-opacity': 0.35, 'circle-stroke-color': c.candidate, 'circle-stroke-width': 0.8 }, null);
  circle(LAYERS[1], { 'circle-radius': inner(part('left_now')), 'circle-color': c.added, 'circle-opacity': 0.75 }, ['>', ['get', 'left_now'], ['get', 'left']]);
  circle(LAYERS[2], { 'circle-radius': inner(part('left')), 'circle-color': c.gap, 'circle-opacity': 0.75 }, ['>', ['get', 'left'], 0]);
}

/** Has the tiles of what is looked at asked, if that is another thing now. @param {any} map @param {string} root */
export function followDemand(map, root) {
  const now = address(root);
  const source = map.getSource(SOURCE);
  if (!source || now === drawn) return;
  drawn = now;
  source.setTiles([now]);
}

/** @returns {string[]} */
export function demandLayers() { return LAYERS; }
