// @ts-check
/** The legend, which also shows and hides what it names. It stands below the map and covers nothing. */
import { el, fill, say } from './page.mjs';
import { colours, wantStations } from './marks.mjs';

/** @param {HTMLElement} place @param {any} map */
export function legend(place, map) {
  const c = colours();
  /** Words, colour, whether an area, layers switched, shown at first, the layer that a row without its own belongs to.
   * @type {[string, string, boolean, string[], boolean, string?][]} */
  const rows = [
    [say('方案站点（粗边：已锁定）', 'sites of the plan (thick edge: locked)'), c.site, false, ['wb-plan'], true],
    [say('刚换入', 'just came'), c.came, false, [], true, 'wb-plan'],
    [say('刚换出', 'just went'), c.gone, false, ['wb-went'], true],
    [say('缺口：附近没有站', 'gap: no station near'), c.gap, true, ['wb-gaps', 'wb-gaps-edge'], true],
    [say('缺口：那时关门', 'gap: closed then'), c.closed, true, [], true, 'wb-gaps'],
    [say('候选点', 'candidates'), c.candidate, false, ['wb-candidates'], true],
    [say('现有站点', 'stations'), c.station, false, ['wb-stations', 'wb-yizhan'], false],
    [say('步行可达', 'in reach'), c.reach, true, ['wb-reach', 'wb-reach-edge'], true],
  ];
  fill(place, ...rows.filter(([, , , layers, , needs]) => [...layers, needs].some((id) => id && map.getLayer(id))).map(([text, colour, area, layers, on]) => {
    const mark = el('i', { class: area ? 'area' : null, style: `border-color:${colour};background:${colour}55` });
    if (!layers.length) return el('span', {}, [mark, text]);
    const box = /** @type {HTMLInputElement} */ (el('input', { type: 'checkbox', checked: on, onchange: () => { if (layers.includes('wb-stations')) wantStations(box.checked); for (const id of layers) if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', box.checked ? 'visible' : 'none'); } }));
    for (const id of layers) if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none');
    return el('label', {}, [box, mark, text]);
  }));
}
