// @ts-check
/** Rows of a list before they count: on the map and as a table, those that differ first. */
import { count, el, say, table } from './page.mjs';
import { collection, colours } from './marks.mjs';

/** @typedef {'removed' | 'moved' | 'added' | 'changed' | 'same'} State */

const WORDS = () => /** @type {Record<State, string>} */ ({ moved: say('移动', 'moved'), added: say('新增', 'added'), removed: say('减少', 'removed'), changed: say('内容改动', 'changed'), same: say('不变', 'the same') });
const SOURCE = 'wb-rows';
const MOST = 200;
/** So many rows are drawn small. */
const MANY = 400;

/** How each state is drawn: its colour, and whether as a ring. @param {State} state @returns {[string, boolean]} */
function look(state) {
  const c = colours();
  return /** @type {Record<State, [string, boolean]>} */ ({ removed: [c.gone, true], moved: [c.tried, false], added: [c.came, false], changed: [c.tried, true], same: [c.station, true] })[state];
}

/** Draws the rows, those that differ on top, and moves the map to those that differ. @param {any} map @param {any[]} rows */
export function drawRows(map, rows) {
  const source = map.getSource(SOURCE);
  if (!source) return;
  source.setData(collection([...rows].reverse().map((row) => {
    const [colour, ring] = look(row.state);
    return { type: 'Feature', geometry: { type: 'Point', coordinates: [row.lon, row.lat] }, properties: { id: row.id, name: row.name, colour, ring, small: row.state === 'same' || rows.length > MANY } };
  })));
  const seen = rows.filter((row) => row.state !== 'same');
  if (!seen.length) return;
  const lons = seen.map((row) => row.lon);
  const lats = seen.map((row) => row.lat);
  map.fitBounds([[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]], { padding: 40, maxZoom: 14 });
}

/** @param {any} map */
export function clearRows(map) { map.getSource(SOURCE)?.setData(collection([])); }

/**
 * @param {any} map @param {{rows: any[], left_out: number}} shown
 * @returns {HTMLElement | null} the table; null where no row was understood
 */
export function rowsTable(map, shown) {
  if (!shown.rows.length) return null;
  const words = WORDS();
  const there = /** @type {State[]} */ (Object.keys(words)).filter((state) => shown.rows.some((row) => row.state === state));
  const key = el('p', { class: 'row-key' }, there.map((state) => {
    const [colour, ring] = look(state);
    return el('span', {}, [el('i', { 'aria-hidden': 'true', style: `border-color:${colour};background:${ring ? 'transparent' : colour}` }), words[state]]);
  }));
  const rows = shown.rows.slice(0, MOST);
  const more = shown.rows.length + shown.left_out - rows.length;
  const undrawn = shown.left_out ? say(`地图上画了 ${count(shown.rows.length)} 行，另有 ${count(shown.left_out)} 行没有画。`, `${count(shown.rows.length)} rows are drawn on the map, ${count(shown.left_out)} are not.`) : null;
  return el('details', { id: 'rows-shown', open: true }, [
    el('summary', { text: say(`在地图上和表里看（${count(shown.rows.length + shown.left_out)} 行）`, `On the map and as a table (${count(shown.rows.length + shown.left_out)} rows)`) }),
    key,
    table([
      { key: 'name', title: say('名称', 'Name'), show: (row) => row.name, value: (row) => row.name },
      { key: 'state', title: say('变化', 'Change'), show: (row) => words[/** @type {State} */ (row.state)], value: (row) => Object.keys(words).indexOf(row.state) },
    ], rows, { caption: say('读到的行', 'Rows as read'), press: (row) => map.flyTo({ center: [row.lon, row.lat], zoom: 15 }), id: (row) => row.id, sort: 'state', down: false }),
    more ? el('p', { class: 'soft', text: say(`表里列出前 ${count(rows.length)} 行，另有 ${count(more)} 行。`, `The first ${count(rows.length)} rows are listed, ${count(more)} more are not.`) }) : null,
    undrawn ? el('p', { class: 'soft', text: undrawn }) : null,
  ]);
}
