// @ts-check
/** Places tried on the map: pins that are dragged while the figures follow, and kept as candidates. */
import * as maplibre from 'maplibre-gl';
import { askWhy } from './ask_why.mjs';
import { takeStep } from './draft.mjs';
import { collection } from './marks.mjs';
import { byArrows, latencies_ms } from './moving.mjs';
import { button, byId, count, el, fill, say, showPart, stated, tell } from './page.mjs';
import { drawReach } from './reach.mjs';
import { editRow } from './rows.mjs';
import { ask } from './service.mjs';
import { draft } from './state.mjs';

/** @typedef {{id: string, marker: any, hours: string | null}} Pin - hours as chosen; null for those proposed there */
/** @type {Pin[]} */
const pins = [];
const rule = { mode: stated.mode, minutes: stated.minutes };
let serial = 0;
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
  marker.on('dragend', () => { follow(map); void drawReach(map, marker.getLngLat(), rule); });
  void drawReach(map, at, rule);
  follow(map);
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
  const mode = /** @type {HTMLSelectElement} */ (el('select', { 'aria-label': say('怎么走', 'By'), id: 'try-mode', onchange: () => { rule.mode = mode.value; void follow(map); } }, stated.modes.map((/** @type {[string, string]} */ [key, word]) => el('option', { value: key, text: word, selected: key === rule.mode }))));
  const minutes = /** @type {HTMLInputElement} */ (el('input', { type: 'number', min: stated.leastMinutes, max: stated.mostMinutes, value: rule.minutes, 'aria-label': say('分钟', 'Minutes'), id: 'try-minutes', onchange: () => { rule.minutes = Number(minutes.value) || stated.minutes; void follow(map); } }));
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

/** @param {any} map */
export function clearPins(map) {
  for (const pin of pins.splice(0)) pin.marker.remove();
  byId('card').hidden = true;
  map.getSource('wb-reach')?.setData(collection([]));
  map.resize();
}
