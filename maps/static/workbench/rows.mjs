// @ts-check
/** One station or candidate edited by a form or by dragging; each change is a version with who and why. */
import { movePin } from './moving.mjs';
import { button, el, say, stated, tell } from './page.mjs';
import { ask } from './service.mjs';
import { iAm, who } from './state.mjs';

/** @typedef {'stations' | 'yizhan' | 'candidates'} Layer */

/** @returns {Record<string, string>} */
const LABELS = () => ({
  name: say('名称', 'Name'), address: say('地址', 'Address'), opening_hours: say('开放时间（可写中文）', 'Opening hours'),
  phone: say('电话', 'Phone'), capacity: say('日接待能力', 'Visitors a day'), cost_cny: say('费用（元）', 'Cost (CNY)'),
});
const FIELDS = { stations: ['name', 'address', 'opening_hours', 'phone', 'capacity'], yizhan: ['name', 'address', 'opening_hours', 'phone', 'capacity'], candidates: ['name', 'address', 'opening_hours', 'cost_cny', 'capacity'] };
const NUMBERS = new Set(['capacity', 'cost_cny']);

/** @type {() => Promise<void>} */
let afterChange = async () => {};

/** @param {() => Promise<void>} follow - what is done when a layer has a new version */
export function whenRowsChange(follow) { afterChange = follow; }

/**
 * The buttons that edit, move and take out a row.
 * @param {any} map @param {Layer} layer @param {string} id
 */
export function rowButtons(map, layer, id) {
  return el('div', { class: 'row', id: 'row-actions' }, [
    button(say('编辑…', 'Edit…'), () => { void editRow(layer, id, null); }, { id: 'edit-row' }),
    button(say('拖动改位置…', 'Drag to another place…'), async () => {
      const row = await rowOf(layer, id);
      movePin(map, { id, name: row.properties.name, lon: row.geometry.coordinates[0], lat: row.geometry.coordinates[1], opening_hours: row.properties.opening_hours }, (to) => editRow(layer, id, to), 'row-actions');
    }),
  ]);
}

/** @param {Layer} layer @param {string} id @returns {Promise<any>} */
async function rowOf(layer, id) { return ask(`/collections/${layer}/items/${encodeURIComponent(id)}?f=json`); }

/**
 * Asks what the row is to hold and stores it.
 * @param {Layer} layer @param {string | null} id - null for a new row @param {{lon: number, lat: number} | null} place
 * @returns {Promise<void>}
 */
export async function editRow(layer, id, place) {
  const [row, versions] = await Promise.all([id === null ? { properties: {} } : rowOf(layer, id), ask(`/planning/imports/${layer}`)]);
  const version = versions.at(-1)?.number ?? 0;
  /** @type {[string, HTMLInputElement][]} */
  const inputs = FIELDS[layer].map((name) => [name, /** @type {HTMLInputElement} */ (el('input', { id: `row-${name}`, type: NUMBERS.has(name) ? 'number' : 'text', value: row.properties[name] ?? '', required: name === 'name' }))]);
  const me = /** @type {HTMLInputElement} */ (el('input', { id: 'row-who', value: who(), required: true, maxlength: stated.who }));
  const why = /** @type {HTMLInputElement} */ (el('input', { id: 'row-why', maxlength: stated.why }));
  const said = el('p', { class: 'minus', role: 'alert' });
  const form = el('form', { method: 'dialog', id: 'row-form' }, [
    el('h2', { text: id === null ? say('新增', 'New row') : say(`编辑“${row.properties.name}”`, `Edit ${row.properties.name}`) }),
    place ? el('p', { class: 'soft', text: say('位置：地图上选的点', 'Position: as chosen on the map') }) : null,
    ...inputs.flatMap(([name, input]) => [el('label', { for: input.id, text: LABELS()[name] }), input]),
    el('label', { for: 'row-who', text: say('您的姓名', 'Your name') }), me,
    el('label', { for: 'row-why', text: say('理由（可不填）', 'Why (may be left out)') }), why, said,
    el('div', { class: 'row' }, [el('button', { type: 'submit', class: 'primary', text: say('存为新版本', 'Store as a new version') }), id === null ? null : button(say('取出这一行', 'Take it out'), () => send(true)), button(say('取消', 'Cancel'), () => dialog.remove())]),
  ]);
  const dialog = /** @type {HTMLDialogElement} */ (el('dialog', { 'aria-label': say('编辑', 'Edit') }, [form]));
  /** @param {boolean} remove */
  async function send(remove) {
    if (!me.value.trim()) { me.focus(); return; }
    iAm(me.value.trim());
    /** @type {Record<string, any>} */
    const values = {};
    for (const [name, input] of inputs) {
      if (String(row.properties[name] ?? '') !== input.value) values[name] = input.value === '' ? null : NUMBERS.has(name) ? Number(input.value) : input.value;
    }
    if (id === null && layer === 'yizhan') values.kind = 'outdoor_rest_station';
    if (id === null && layer === 'stations') values.kind = 'shared_workers_home';
    try {
      const told = await ask(`/planning/rows/${layer}`, { body: { id, values: remove ? {} : values, remove, version, who: me.value.trim(), why: why.value, ...(place ?? {}) } });
      dialog.remove();
      await afterChange();
      tell(say(`已存为第 ${told.version} 版，可在“数据”里退回。`, `Stored as version ${told.version}; go back under “Lists”.`));
    } catch (error) { said.textContent = /** @type {Error} */ (error).message; }
  }
  form.addEventListener('submit', (event) => { event.preventDefault(); void send(false); });
  document.body.append(dialog);
  dialog.showModal();
}
