// @ts-check
/** From where people come to a place in time, as a filled area. */
import { filled } from './marks.mjs';
import { stated } from './page.mjs';
import { ask } from './service.mjs';
import { draft } from './state.mjs';

/**
 * Draws it by the rule of the draft open, else by `usual`.
 * @param {any} map @param {{lng: number, lat: number}} at @param {{mode: string, minutes: number}} [usual]
 */
export async function drawReach(map, at, usual = stated) {
  const own = draft()?.draft.rules.coverage;
  const minutes = own ? (own.limit_s ?? 60 * stated.minutes) / 60 : usual.minutes;
  const drawn = Math.min(stated.mostMinutes, Math.max(stated.leastMinutes, minutes));
  try {
    const areas = await ask('/planning/isochrones', { body: { lon: at.lng, lat: at.lat, mode: own?.mode ?? usual.mode, minutes: [drawn] } });
    map.getSource('wb-reach')?.setData(filled(areas));
  } catch { /* beyond any street: the figures say so */ }
}
