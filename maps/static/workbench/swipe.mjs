// @ts-check
/** Two plans on the map, one to either side of a line that is drawn across it. */
import { makeGround } from './ground.mjs';
import { groundOf, reachedGround } from './ground_reached.mjs';
import { isShown } from './filters.mjs';
import { collection, colours, pointOf } from './marks.mjs';
import { byId, el, say, showPart, tell } from './page.mjs';
import { ask } from './service.mjs';
import { note, view } from './state.mjs';

/** @typedef {{style: string, language: 'zh' | 'en'}} Settings */

/** Takes the line and what is right of it away. */
let end = () => {};

/** Whether the line is drawn. */
export function swiping() { return byId('map').classList.contains('swiped'); }

export function endSwipe() { end(); }

/**
 * Draws plan A left of the line and plan B right of it.
 * @param {any} map - shows A
 * @param {Settings} settings - of the map
 * @param {string} first @param {string} second - ids of drafts, or `published`
 */
export async function swipe(map, settings, first, second) {
  endSwipe();
  const container = byId('map');
  container.classList.add('swiped');
  showPart(container);
  const sheet = el('div', { id: 'map-b', inert: true, 'aria-hidden': 'true' });
  const bar = el('div', { id: 'swipe', role: 'slider', tabindex: 0, 'aria-label': say('拉动比较：左为甲，右为乙', 'Swipe: A left, B right'), 'aria-valuemin': 0, 'aria-valuemax': 100 }, [el('b', { text: say('甲', 'A') }), el('i', { text: '⇔' }), el('b', { text: say('乙', 'B') })]);
  container.append(sheet, bar);
  const other = /** @type {any} */ (makeGround(sheet, settings));
  const follow = () => other.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
  const place = (/** @type {number} */ share) => {
    const at = Math.min(0.98, Math.max(0.02, share));
    sheet.style.clipPath = `inset(0 0 0 ${100 * at}%)`;
    bar.style.left = `${100 * at}%`;
    bar.setAttribute('aria-valuenow', String(Math.round(100 * at)));
    note({ swipe: String(Math.round(100 * at)) });
  };
  const share = () => Number(bar.getAttribute('aria-valuenow')) / 100;
  map.on('move', follow);
  bar.addEventListener('pointerdown', (event) => { event.stopPropagation(); event.preventDefault(); bar.setPointerCapture(event.pointerId); bar.focus(); });
  bar.addEventListener('pointermove', (event) => { if (bar.hasPointerCapture(event.pointerId)) place((event.clientX - container.getBoundingClientRect().left) / container.clientWidth); });
  bar.addEventListener('keydown', (event) => {
    const step = /** @type {Record<string, number>} */ ({ ArrowLeft: -0.05, ArrowRight: 0.05 })[event.key];
    if (step) { event.preventDefault(); event.stopPropagation(); place(share() + step); }
  });
  place(Number(view.swipe || 50) / 100);
  const bringBack = putAway(map);
  end = () => {
    end = () => {};
    map.off('move', follow);
    other.remove();
    sheet.remove();
    bar.remove();
    container.classList.remove('swiped');
    delete container.dataset.swiped;
    clear(map);
    bringBack();
  };
  const stop = end;
  tell(say('正在画两个方案…', 'Drawing both plans…'));
  try {
    // The sites are there at once; the ground in reach, which is worked out, follows.
    const sites = await Promise.all([first, second].map(sitesOf));
    await Promise.all([map, other].map(styled));
    if (end !== stop) return;
    follow();
    [map, other].forEach((one, n) => draw(one, sites[n]));
    container.dataset.swiped = 'true';
    tell(say('正在画可达范围…', 'Drawing what is in reach…'));
    const ground = await Promise.all([first, second].map((plan) => reachedGround(plan, view.hour)));
    if (end !== stop) return;
    [map, other].forEach((one, n) => drawGround(one, ground[n]));
    container.dataset.swiped = 'ground';
    tell('');
  } catch (error) { if (end === stop) end(); tell(/** @type {Error} */ (error).message, true); }
}

/** The sites of a plan that are looked at. @param {string} plan @returns {Promise<any[]>} */
async function sitesOf(plan) {
  const told = await ask(plan === 'published' ? '/drafts/published' : `/drafts/${encodeURIComponent(plan)}`);
  const shown = told.plan ?? told;
  return (shown.sites ?? []).filter((/** @type {any} */ site) => isShown(site, shown));
}

/** @param {any} map @returns {Promise<void>} once its style is there */
function styled(map) { return map.isStyleLoaded() ? Promise.resolve() : new Promise((done) => { map.once('idle', () => done()); }); }

/** Layers that stand for one plan or for none: away while two are looked at. */
const AWAY = ['wb-gaps', 'wb-gaps-edge', 'wb-gap-streets', 'wb-candidates', 'wb-ground-now', 'wb-ground-added', 'wb-reach', 'wb-reach-edge', 'wb-demand', 'wb-demand-now', 'wb-demand-left'];

/** @param {any} map @returns {() => void} what brings them back */
function putAway(map) {
  const shown = AWAY.filter((id) => map.getLayer(id) && map.getLayoutProperty(id, 'visibility') !== 'none');
  for (const id of shown) map.setLayoutProperty(id, 'visibility', 'none');
  return () => { for (const id of shown) if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', 'visible'); };
}

const PARTS = ['swipe-now', 'swipe-added', 'swipe-sites'];

/** @param {any} map @param {any} ground */
function drawGround(map, ground) {
  map.getSource(PARTS[0])?.setData(groundOf(ground, 'now'));
  map.getSource(PARTS[1])?.setData(groundOf(ground, 'added'));
}

/** @param {any} map @param {any[]} sites */
function draw(map, sites) {
  clear(map);
  const c = colours();
  const data = [collection([]), collection([]), collection(sites.map((site) => pointOf(site)))];
  PARTS.forEach((id, n) => map.addSource(id, { type: 'geojson', data: data[n] }));
  map.addLayer({ id: PARTS[0], type: 'fill', source: PARTS[0], paint: { 'fill-color': c.now, 'fill-opacity': 0.3 } });
  map.addLayer({ id: PARTS[1], type: 'fill', source: PARTS[1], paint: { 'fill-color': c.added, 'fill-opacity': 0.5 } });
  map.addLayer({ id: PARTS[2], type: 'circle', source: PARTS[2], paint: { 'circle-color': c.site, 'circle-stroke-color': c.paper, 'circle-stroke-width': 1.6, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 5, 14, 10] } });
}

/** @param {any} map */
function clear(map) {
  for (const id of PARTS) {
    if (map.getLayer?.(id)) map.removeLayer(id);
    if (map.getSource?.(id)) map.removeSource(id);
  }
}
