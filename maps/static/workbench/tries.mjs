// @ts-check
/** Places tried on the map: pins that are dragged while the figures follow, and kept as candidates. */
import * as maplibre from 'maplibre-gl';
import { askWhy } from './ask_why.mjs';
import { takeStep } from './draft.mjs';
import { collection, filled } from './marks.mjs';
import { button, byId, count, el, fill, say, showPart, tell } from './page.mjs';
import { editRow } from './rows.mjs';
import { ask } from './service.mjs';
import { draft } from './state.mjs';

/** @typedef {{id: string, marker: any, hours: string | null}} Pin - hours as chosen; null for those proposed there */
/** @type {Pin[]} */
const pins = [];
/** How long figures took to follow, milliseconds, newest last. @type {number[]} */
export const latencies_ms = [];
const rule = { mode: 'walk', minutes: 15 };
let serial = 0;
/** Takes the pin of a site being moved away, if there is one. */
let endMove = () => {};
let asking = false;
let again = false;

/** @param {any} map @param {{lng: number, lat: number}} at */
export function addPin(map, at) {
  serial += 1;
  tell('');
  const face = el('div', { class: 'pin', tabindex: 0, role: 'button', 'aria-label': say(`试点 ${serial}，可用方向键移动`, `Tried place ${serial}; arrow keys move it`) }, [el('i'), el('b', { text: String(serial) })]);
  const marker = new maplibre.Marker({ element: face, draggable: true, anchor: 'bottom', offset: [2, 0] }).setLngLat(at).addTo(map);
  const pin = { id: `try-${Date.now().toString(36)}-${serial}`, marker, hours: null };
  pins.push(pin);
  byArrows(face, map, marker, () => follow(map));
  marker.on('drag', () => follow(map));
  marker.on('dragend', () => { follow(map); void reach(map, marker.getLngLat()); });
  void reach(map, at);
  follow(map);
}

/** @param {HTMLElement} face @param {any} map @param {any} marker @param {() => void} moved */
function byArrows(face, map, marker, moved) {
  face.addEventListener('keydown', (event) => {
    const step = /** @type {Record<string, number[]>} */ ({ ArrowUp: [0, -6], ArrowDown: [0, 6], ArrowLeft: [-6, 0], ArrowRight: [6, 0] })[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = map.project(marker.getLngLat());
    marker.setLngLat(map.unproject([at.x + step[0], at.y + step[1]]));
    moved();
  });
}

/** Asks what the pins add; while an answer is awaited the newest place is asked next, none in between. @param {any} map */
async function follow(map) {
  if (asking) { again = true; return; }
  if (!pins.length) { byId('card').hidden = true; map.resize(); return; }
  asking = true;
  const began = performance.now();
  const beside = draft()?.draft.id ?? null;
  try {
    const told = await ask('/drafts/tries', { body: {
      places: pins.map((pin) => ({ lon: pin.marker.getLngLat().lng, lat: pin.marker.getLngLat().lat, opening_hours: pin.hours })),
      beside, ...(beside ? {} : { rule: { mode: rule.mode, limit_s: rule.minutes * 60 } }),
    } });
    latencies_ms.push(performance.now() - began);
    draw(map, told, beside !== null);
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
  asking = false;
  if (again) { again = false; void follow(map); }
}

/** @param {any} map @param {any} told @param {boolean} beside */
function draw(map, told, beside) {
  const card = byId('card');
  const was = card.hidden;
  card.hidden = false;
  const focus = document.activeElement?.id;
  const gained = sum(told, 'worker_hours_new');
  fill(
    card,
    el('div', { class: 'row' }, [el('h2', { text: say('试点', 'Tried places'), style: 'flex:1' }), button('✕', () => clearPins(map), { 'aria-label': say('全部去掉', 'Remove all') })]),
    el('p', { class: 'soft', text: beside ? say('与打开的草案相比', 'Beside the draft open') : say('与现状相比', 'Beside what stands') }),
    el('p', { class: 'big', id: 'tries-total', text: say(`+${count(told.covered_after - told.covered_before)} 人`, `+${count(told.covered_after - told.covered_before)} workers`) }),
    el('p', { id: 'tries-hours', class: 'big', text: say(`每周 +${count(gained)} 人时`, `+${count(gained)} worker-hours a week`) }),
    el('p', { text: say(`原来附近没有站的 ${count(told.covered_after - told.covered_before)} 人有了站；${count(sum(told, 'workers_gaining'))} 人多了有站开门的时段。`, `${count(told.covered_after - told.covered_before)} workers had no station near; ${count(sum(told, 'workers_gaining'))} gain hours with one open.`) }),
    beside ? null : ruleRow(map),
    ...pins.flatMap((pin, n) => [
      el('h3', { text: say(`${n + 1} 号：+${count(told.places[n].workers_new)} 人（单独 +${count(told.places[n].workers_alone)}）`, `No. ${n + 1}: +${count(told.places[n].workers_new)} (alone +${count(told.places[n].workers_alone)})`) }),
      el('p', { class: 'soft', text: say(`范围内 ${count(told.places[n].workers_within)} 人；每周 +${count(told.places[n].worker_hours_new)} 人时`, `${count(told.places[n].workers_within)} within; +${count(told.places[n].worker_hours_new)} worker-hours a week`) }),
      hoursReason(pin, told.places[n]),
      el('div', { class: 'row' }, [
        hoursChoice(map, pin, n, told.places[n]),
        beside ? button(say('加入草案', 'Keep in the draft'), () => keep(map, pin, told.places[n].hours), { 'data-keep': n }) : null,
        button(say('存为候选点', 'Keep as a candidate'), () => { const at = pin.marker.getLngLat(); void editRow('candidates', null, { lon: at.lng, lat: at.lat }); }),
        button(say('去掉', 'Remove'), () => { pin.marker.remove(); pins.splice(n, 1); void follow(map); }),
      ]),
    ]),
  );
  if (focus?.startsWith('try-')) document.getElementById(focus)?.focus();
  if (was) { map.resize(); showPart(card); }
}

/**
 * Hours to choose from, each with what it brings at this place.
 * @param {any} map @param {Pin} pin @param {number} n @param {any} place - what is told of it
 */
function hoursChoice(map, pin, n, place) {
  const words = (/** @type {any} */ one) => `${one.host ? say(`同“${one.host}”：`, `as ${one.host}: `) : ''}${one.words}${say(`（每周 +${count(one.worker_hours_new)} 人时）`, ` (+${count(one.worker_hours_new)} worker-hours)`)}`;
  const select = /** @type {HTMLSelectElement} */ (el('select', { 'aria-label': say('开放时间', 'Hours'), id: `try-hours-${n}`, onchange: () => { pin.hours = select.value; void follow(map); } }, place.choices.map((/** @type {any} */ one) => el('option', { value: one.hours, text: words(one), selected: one.hours === place.hours }))));
  return select;
}

/** Why these hours stand there, while nobody chose others. @param {Pin} pin @param {any} place */
function hoursReason(pin, place) {
  if (!place.workers_within) return el('p', { class: 'soft', text: say('范围内没有职工。', 'No workers in reach.') });
  const lacking = place.lacking ? say(`范围内的人在这些时段没有站开门：${place.lacking}。`, `Those in reach have no open station: ${place.lacking}. `) : say('范围内的人任何时段都有站开门。', 'Those in reach always have an open station. ');
  const proposed = pin.hours === null && place.lacking ? say('开放时间已按此预选，可改。', 'Hours are proposed by that; choose others below.') : '';
  return el('p', { class: 'soft', text: lacking + proposed });
}

/** @param {any} told @param {string} key */
function sum(told, key) { return told.places.reduce((/** @type {number} */ total, /** @type {any} */ one) => total + one[key], 0); }

/** @param {any} map */
function ruleRow(map) {
  const mode = /** @type {HTMLSelectElement} */ (el('select', { 'aria-label': say('怎么走', 'By'), id: 'try-mode', onchange: () => { rule.mode = mode.value; void follow(map); } }, [['walk', say('步行', 'on foot')], ['ebike', say('电动车', 'e-bike')], ['drive', say('开车', 'driving')]].map(([key, word]) => el('option', { value: key, text: word, selected: key === rule.mode }))));
  const minutes = /** @type {HTMLInputElement} */ (el('input', { type: 'number', min: 1, max: 60, value: rule.minutes, 'aria-label': say('分钟', 'Minutes'), id: 'try-minutes', onchange: () => { rule.minutes = Number(minutes.value) || 15; void follow(map); } }));
  return el('div', { class: 'row' }, [mode, minutes, say('分钟', 'min')]);
}

/** @param {any} map @param {Pin} pin @param {string} hours */
async function keep(map, pin, hours) {
  const told = await askWhy(say('把这个点加入草案并锁定', 'Keep this place in the draft, locked'), { name: say('新站点', 'New site'), cost: true });
  if (!told) return;
  const at = pin.marker.getLngLat();
  const site = { id: pin.id, name: told.name || say('新站点', 'New site'), lon: at.lng, lat: at.lat, opening_hours: hours, cost_cny: told.cost_cny };
  if (await takeStep({ kind: 'add', site, lock: true }, told.why)) {
    pin.marker.remove();
    pins.splice(pins.indexOf(pin), 1);
    void follow(map);
  }
}

/** Leaves a site that was being moved where it is. */
export function leaveMove() { endMove(); }

/** @param {any} map */
export function clearPins(map) {
  for (const pin of pins.splice(0)) pin.marker.remove();
  byId('card').hidden = true;
  map.getSource('wb-reach')?.setData(collection([]));
  map.resize();
}

/**
 * Puts a pin on a site to be dragged to another place; what it covers there follows.
 * @param {any} map @param {any} site @param {(to: {lon: number, lat: number}) => Promise<void>} done
 * @param {string} [below] - id of what the figure stands below in the card
 */
export function movePin(map, site, done, below = 'site-actions') {
  endMove();
  const face = el('div', { class: 'pin move', id: 'moving', tabindex: 0, role: 'button', 'aria-label': say(`移动“${site.name}”，可用方向键`, `Move ${site.name}; arrow keys too`) }, [el('i')]);
  const marker = new maplibre.Marker({ element: face, draggable: true, anchor: 'bottom', offset: [2, 0] }).setLngLat([site.lon, site.lat]).addTo(map);
  const place = el('p', { id: 'moving-figure', text: say('拖动标记到新位置。', 'Drag the pin to its new place.') });
  let busy = false;
  const figure = async () => {
    if (busy) return;
    busy = true;
    const began = performance.now();
    const at = marker.getLngLat();
    try {
      const told = await ask('/drafts/tries', { body: { places: [{ lon: at.lng, lat: at.lat, opening_hours: site.opening_hours || '24/7' }], rule: draft()?.draft.rules.coverage } });
      latencies_ms.push(performance.now() - began);
      place.textContent = say(`这里：范围内 ${count(told.places[0].workers_within)} 人，其中现在没有站点的 ${count(told.places[0].workers_alone)} 人`, `Here: ${count(told.places[0].workers_within)} within, ${count(told.places[0].workers_alone)} of them without a station now`);
    } catch (error) { place.textContent = /** @type {Error} */ (error).message; }
    busy = false;
  };
  const end = () => { marker.remove(); box.remove(); endMove = () => {}; };
  endMove = end;
  const box = el('div', { class: 'changed' }, [place, el('div', { class: 'row' }, [
    button(say('就放这里', 'Put it here'), () => { const at = marker.getLngLat(); end(); void done({ lon: at.lng, lat: at.lat }); }, { class: 'primary', id: 'put-here' }),
    button(say('取消', 'Cancel'), end),
  ])]);
  byId(below).after(box);
  byArrows(face, map, marker, figure);
  marker.on('drag', figure);
  marker.on('dragend', figure);
  map.easeTo({ center: [site.lon, site.lat], zoom: Math.max(map.getZoom(), 13) });
  face.focus();
}

/** @param {any} map @param {{lng: number, lat: number}} at */
async function reach(map, at) {
  const own = draft()?.draft.rules.coverage;
  const minutes = own ? Math.min(60, (own.limit_s ?? 900) / 60) : rule.minutes;
  try {
    map.getSource('wb-reach')?.setData(filled(await ask('/planning/isochrones', { body: { lon: at.lng, lat: at.lat, mode: own?.mode ?? rule.mode, minutes: [Math.max(1, minutes)] } })));
  } catch { /* no street near: the figures say so */ }
}
