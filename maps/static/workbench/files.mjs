// @ts-check
/** Lists in: a file dropped on the page is read without counting, then accepted; versions and going back. */
import { askWhy } from './ask_why.mjs';
import { button, count, el, fill, moment, say, tell } from './page.mjs';
import { pick } from './picking.mjs';
import { addAnswers, noAnswers, showReading, showRefusal } from './reading.mjs';
import { editRow } from './rows.mjs';
import { clearRows, drawRows, rowsTable } from './rows_shown.mjs';
import { ask } from './service.mjs';

/** @typedef {{key: string, text: string, edited: boolean, template: boolean}} Input */
/** Layers that are brought in; of some each row can be edited by itself, of some there is a template. @type {Input[]} */
let inputs = [];
let layer = 'candidates';

/** @param {{inputs: Input[]}} settings */
export function beginFiles(settings) { inputs = settings.inputs; }

/** @param {HTMLElement} panel @param {any} map @param {() => void} changed - told when a layer has a new version */
export function filesPanel(panel, map, changed) {
  clearRows(map);
  const select = /** @type {HTMLSelectElement} */ (el('select', { id: 'layer', onchange: () => { layer = select.value; filesPanel(panel, map, changed); } }, inputs.map(({ key, text }) => el('option', { value: key, text, selected: key === layer }))));
  const chosen = inputs.find(({ key }) => key === layer);
  const input = /** @type {HTMLInputElement} */ (el('input', { type: 'file', id: 'file', class: 'visually-hidden', onchange: () => { const [file] = input.files ?? []; input.value = ''; if (file) void check(file); } }));
  const report = el('div', { id: 'report' });
  const drop = el('div', { class: 'drop', id: 'drop' }, [el('p', { text: say('把 Excel、CSV、GeoJSON 或打包的 Shapefile（zip）拖到这里，或', 'Drop an Excel, CSV, GeoJSON or zipped shapefile here, or') }), el('label', { for: 'file', class: 'choose', text: say('选一个文件…', 'choose a file…') }), input]);
  drop.addEventListener('dragover', (event) => { event.preventDefault(); drop.classList.add('over'); });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const [file] = event.dataTransfer?.files ?? [];
    if (file) void check(file);
  });
  const versions = el('div', { id: 'versions' });
  fill(panel, el('h2', { text: say('数据', 'Lists') }), el('label', { class: 'field' }, [say('图层', 'Layer'), select]), !chosen?.template ? null : el('p', {}, [el('a', { href: `planning/templates/${layer}.xlsx`, text: say('下载空白 Excel 模板', 'Blank Excel template') })]), chosen?.edited ? el('div', { class: 'row' }, [button(say('＋ 在地图上点一下，新增一个', '＋ Add one by a press on the map'), addRow, { id: 'add-row' })]) : null, drop, report, versions);
  void listVersions(versions, map, changed);

  function addRow() {
    const into = /** @type {import('./rows.mjs').Layer} */ (layer);
    pick(map, say('在地图上点一下，就在那里新增。', 'Press the map where it is to stand.'), (at) => { void editRow(into, null, { lon: at.lng, lat: at.lat }); });
  }

  /** @param {File} file @param {import('./reading.mjs').Answers} answers @param {boolean} good - the good rows alone */
  async function accept(file, answers, good) {
    const told = await askWhy(say(`导入“${file.name}”，成为新的一版？`, `Import ${file.name} as a new version?`), { confirm: say('导入', 'Import') });
    if (told) void check(file, told, good, answers);
  }

  /** @param {File} file @param {{who: string, why: string} | null} [by] - who accepts it; null only looks @param {boolean} [good] @param {import('./reading.mjs').Answers} [answers] */
  async function check(file, by = null, good = false, answers = noAnswers()) {
    const body = new FormData();
    body.append('file', file);
    body.append('dry_run', String(by === null));
    if (by) {
      body.append('who', by.who);
      body.append('why', by.why);
    }
    body.append('accept_good_rows', String(good));
    addAnswers(body, answers);
    fill(report, el('p', { text: say('正在读…', 'Reading…') }));
    try {
      const told = await ask(`/planning/imports/${layer}`, { method: 'POST', body });
      showReading(report, map, told, answers, () => void check(file, null, false, answers), by ? null : (some) => void accept(file, answers, some));
      drawRows(map, told.shown.rows);
      if (told.version !== null) { tell(say(`已导入：第 ${told.version} 版`, `Imported: version ${told.version}`)); changed(); void listVersions(versions, map, changed); }
    } catch (error) {
      clearRows(map);
      if (by) fill(report); else showRefusal(report, /** @type {Error} */ (error).message, answers, () => void check(file, null, false, answers));
      tell(/** @type {Error} */ (error).message, true);
    }
  }
}

/** @param {HTMLElement} place @param {any} map @param {() => void} changed */
async function listVersions(place, map, changed) {
  const versions = await ask(`/planning/imports/${layer}`);
  fill(place, el('h3', { text: say('版本', 'Versions') }), ...versions.slice().reverse().map((/** @type {any} */ one, /** @type {number} */ n) => versionRow(one, n === 0, place, map, changed)));
}

/** @param {any} one @param {boolean} inUse @param {HTMLElement} place @param {any} map @param {() => void} changed */
function versionRow(one, inUse, place, map, changed) {
  const differs = el('div', {});
  const from = one.restored ? say(`退回到第 ${one.restored} 版`, `back to version ${one.restored}`) : one.source || '—';
  return el('div', { class: 'plan-row' }, [
    el('p', { text: say(`第 ${one.number} 版 · ${count(one.rows)} 行 · ${from}`, `Version ${one.number} · ${count(one.rows)} rows · ${from}`) }),
    el('p', { class: 'soft', text: [moment(one.written), one.who, one.why].filter(Boolean).join(' · ') }),
    inUse ? el('span', { class: 'chip', text: say('现在用的', 'in use') }) : el('div', { class: 'row' }, [
      button(say('有什么不同', 'How does it differ?'), () => showDifference(one.number, differs, map), { 'data-differs': one.number }),
      button(say('回到这一版', 'Go back to it'), () => goBack(one.number, place, map, changed), { 'data-version': one.number }),
    ]),
    differs,
  ]);
}

/** What going back would change: in words, on the map and as a table. @param {number} number @param {HTMLElement} place @param {any} map */
async function showDifference(number, place, map) {
  document.getElementById('rows-shown')?.remove();
  try {
    const told = await ask(`/planning/imports/${layer}/${number}`);
    fill(place, el('p', { id: 'version-difference', text: say(`回到第 ${number} 版，${told.text}`, `Going back to version ${number}. ${told.text}`) }), rowsTable(map, told.shown));
    drawRows(map, told.shown.rows);
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
}

/** @param {number} number @param {HTMLElement} place @param {any} map @param {() => void} changed */
async function goBack(number, place, map, changed) {
  const told = await askWhy(say(`回到第 ${number} 版？现在这一版会留着。`, `Go back to version ${number}? The one in use is kept.`), { confirm: say('回到这一版', 'Go back') });
  if (!told) return;
  try {
    await ask(`/planning/imports/${layer}/restore`, { body: { number, who: told.who, why: told.why } });
    tell(say('已回到该版。', 'Gone back.'));
    clearRows(map);
    changed();
    void listVersions(place, map, changed);
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
}
