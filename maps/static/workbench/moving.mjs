// @ts-check
/** A pin on a site that is dragged to another place, by hand or by arrow keys; what it covers there follows. */
import * as maplibre from 'maplibre-gl';
import { button, byId, count, el, say } from './page.mjs';
import { ask } from './service.mjs';
import { draft } from './state.mjs';

/** How long figures took to follow, milliseconds, newest last. @type {number[]} */
export const latencies_ms = [];
/** Takes the pin of a site being moved away, if there is one. */
let endMove = () => {};

/** Leaves a site that was being moved where it is. */
export function leaveMove() { endMove(); }

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
  let moved = false;
  const figure = async () => {
    moved = true;
    if (busy) return;
    busy = true;
    // Where it was let go is asked for last, also when an answer was on its way then.
    while (moved) {
      moved = false;
      await told();
    }
    busy = false;
  };
  const told = async () => {
    const began = performance.now();
    const at = marker.getLngLat();
    try {
      const answer = await ask('/drafts/tries', { body: { places: [{ lon: at.lng, lat: at.lat, opening_hours: site.opening_hours || '24/7' }], rule: draft()?.draft.rules.coverage } });
      latencies_ms.push(performance.now() - began);
      place.textContent = say(`这里：范围内 ${count(answer.places[0].workers_within)} 人，其中现在没有站点的 ${count(answer.places[0].workers_alone)} 人`, `Here: ${count(answer.places[0].workers_within)} within, ${count(answer.places[0].workers_alone)} of them without a station now`);
    } catch (error) { place.textContent = /** @type {Error} */ (error).message; }
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

/** @param {HTMLElement} face @param {any} map @param {any} marker @param {() => void} moved */
export function byArrows(face, map, marker, moved) {
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
