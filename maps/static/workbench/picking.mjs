// @ts-check
/** A place chosen on the map: by a press, or by Enter for its middle. */
import { say, tell } from './page.mjs';

/** @type {((at: {lng: number, lat: number}) => void) | null} */
let wanted = null;

/**
 * Has the next place pressed on the map; asked again it is called off.
 * @param {any} map @param {string} words - what the place is for
 * @param {(at: {lng: number, lat: number}) => void} then
 */
export function pick(map, words, then) {
  const off = wanted !== null;
  wanted = off ? null : then;
  map.getCanvas().style.cursor = off ? '' : 'crosshair';
  tell(off ? '' : `${words}${say('（按回车取地图中央，按 Esc 作罢）', ' (Enter takes the middle of the map, Esc gives up)')}`);
  if (!off) map.getCanvas().focus();
}

/** Gives the place to whoever wants one. @param {any} map @param {{lng: number, lat: number}} at @returns {boolean} whether anybody did */
export function picked(map, at) {
  if (!wanted) return false;
  const then = wanted;
  stopPicking(map);
  then(at);
  return true;
}

/** @param {any} map @returns {boolean} whether a place was wanted */
export function stopPicking(map) {
  const was = wanted !== null;
  wanted = null;
  if (was) {
    map.getCanvas().style.cursor = '';
    tell('');
  }
  return was;
}
