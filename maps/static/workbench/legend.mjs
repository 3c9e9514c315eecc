// @ts-check
/** The legend, which also shows and hides what it names. It stands below the map and covers nothing. */
import { demandLayers } from './demand.mjs';
import { wantGround } from './ground_reached.mjs';
import { el, fill, say } from './page.mjs';
import { colours, drawnBy, marked, wantStations } from './marks.mjs';
import { note, view } from './state.mjs';

/**
 * @typedef {object} Row
 * @property {string} text
 * @property {string} colour
 * @property {boolean} [area]
 * @property {string[]} [layers] - switched by it
 * @property {string} [needs] - the layer that a row without its own belongs to
 * @property {boolean} [off] - not shown at first
 * @property {(map: any, shown: boolean) => void} [then]
 */

/** Layers that are not as at first: a new style and a link keep them. */
const others = () => new Set(view.layers.split(',').filter(Boolean));

/** @returns {Row[]} */
function rows() {
  const c = colours();
  return [
    { text: say('方案站点（粗边：已锁定）', 'sites of the plan (thick edge: locked)'), colour: c.site, layers: ['wb-plan'] },
    { text: say('刚换入', 'just came'), colour: c.came, needs: 'wb-plan' },
    { text: say('刚换出', 'just went'), colour: c.gone, layers: ['wb-went'] },
    { text: say('缺口：附近没有站', 'gap: no station near'), colour: c.gap, area: true, layers: ['wb-gaps', 'wb-gaps-edge', 'wb-gap-streets'] },
    { text: say('缺口：那时关门', 'gap: closed then'), colour: c.closed, area: true, needs: 'wb-gaps' },
    { text: say('缺口：缺设施', 'gap: amenities lacking'), colour: c.lacks, area: true, needs: 'wb-gaps' },
    { text: say('缺口：站点接待不下', 'gap: stations full'), colour: c.full, area: true, needs: 'wb-gaps' },
    { text: say('没有站的职工', 'workers without a station'), colour: c.gap, layers: demandLayers(), off: true },
    { text: say('候选点', 'candidates'), colour: c.candidate, layers: ['wb-candidates'] },
    { text: say('现有站点', 'stations'), colour: c.station, layers: ['wb-stations', 'wb-yizhan'], off: true, then: (_, on) => wantStations(on) },
    ...marked().map(({ key, text, colour }) => ({ text, colour, layers: drawnBy(key) })),
    { text: say('所选的可达范围', 'in reach of what is chosen'), colour: c.reach, area: true, layers: ['wb-reach', 'wb-reach-edge'] },
    { text: say('替补与最近站点', 'stand-by, nearest stations'), colour: c.reach, layers: ['wb-story', 'wb-story-ways'] },
    { text: say('现在可达', 'in reach now'), colour: c.now, area: true, layers: ['wb-ground-now'], off: true, then: wantGround },
    { text: say('方案新增可达、新增的职工', 'ground and workers the plan adds'), colour: c.added, area: true, needs: 'wb-ground-now' },
  ];
}

/** @param {HTMLElement} place @param {any} map */
export function legend(place, map) {
  fill(place, ...rows().filter(({ layers = [], needs }) => [...layers, needs].some((id) => id && map.getLayer(id))).map((row) => {
    const { text, colour, area, layers = [], off, then } = row;
    const mark = el('i', { class: area ? 'area' : null, style: `border-color:${colour};background:${colour}55` });
    if (!layers.length) return el('span', {}, [mark, text]);
    const set = (/** @type {boolean} */ on) => {
      const now = others();
      if (on === Boolean(off)) now.add(layers[0]); else now.delete(layers[0]);
      note({ layers: [...now].join(',') });
      for (const id of [...layers, ...layers.includes('wb-ground-now') ? ['wb-ground-added'] : []]) if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none');
      then?.(map, on);
    };
    const box = /** @type {HTMLInputElement} */ (el('input', { type: 'checkbox', 'data-layer': layers[0], checked: others().has(layers[0]) ? Boolean(off) : !off, onchange: (/** @type {Event} */ event) => { if (event.isTrusted) box.dataset.touched = 'true'; set(box.checked); } }));
    set(box.checked);
    return el('label', {}, [box, mark, text]);
  }));
}

/** Shows what has not been switched by hand: a filter or an hour asks for it. @param {string} layer */
export function showOnce(layer) {
  const box = /** @type {HTMLInputElement | null} */ (document.querySelector(`[data-layer="${layer}"]`));
  if (!box || box.checked || box.dataset.touched) return;
  box.checked = true;
  box.dispatchEvent(new Event('change'));
}
