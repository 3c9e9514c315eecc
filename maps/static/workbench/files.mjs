// @ts-check
/** Lists in: a file dropped on the page is read without counting, then accepted; versions and going back. */
import { button, count, el, fill, moment, say, tell } from './page.mjs';
import { addAnswers, noAnswers, showReading, showRefusal } from './reading.mjs';
import { ask } from './service.mjs';

const LAYERS = () => [['yizhan', say('户外劳动者驿站', 'Yizhan')], ['stations', say('服务站点', 'Stations')], ['workers', say('职工聚集点', 'Worker concentrations')], ['candidates', say('候选点', 'Candidates')], ['districts', say('区市', 'Districts')], ['stops', say('大蓬车停靠点', 'Bus stops')], ['depots', say('大蓬车车场', 'Bus depots')]];
let layer = 'candidates';

/** @param {HTMLElement} panel @param {() => void} changed - told when a layer has a new version */
export function filesPanel(panel, changed) {
  const select = /** @type {HTMLSelectElement} */ (el('select', { id: 'layer', onchange: () => { layer = select.value; filesPanel(panel, changed); } }, LAYERS().map(([key, name]) => el('option', { value: key, text: name, selected: key === layer }))));
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
  fill(panel, el('h2', { text: say('数据', 'Lists') }), el('label', { class: 'field' }, [say('图层', 'Layer'), select]), layer === 'districts' ? null : el('p', {}, [el('a', { href: `planning/templates/${layer}.xlsx`, text: say('下载空白 Excel 模板', 'Blank Excel template') })]), drop, report, versions);
  void listVersions(versions, changed);

  /** @param {File} file @param {boolean} [accept] @param {boolean} [good] @param {import('./reading.mjs').Answers} [answers] */
  async function check(file, accept = false, good = false, answers = noAnswers()) {
    const body = new FormData();
    body.append('file', file);
    body.append('dry_run', String(!accept));
    body.append('accept_good_rows', String(good));
    addAnswers(body, answers);
    fill(report, el('p', { text: say('正在读…', 'Reading…') }));
    try {
      const told = await ask(`/planning/imports/${layer}`, { method: 'POST', body });
      showReading(report, told, answers, () => void check(file, false, false, answers), accept ? null : (some) => void check(file, true, some, answers));
      if (told.version !== null) { tell(say(`已导入：第 ${told.version} 版`, `Imported: version ${told.version}`)); changed(); void listVersions(versions, changed); }
    } catch (error) {
      if (accept) fill(report); else showRefusal(report, /** @type {Error} */ (error).message, answers, () => void check(file, false, false, answers));
      tell(/** @type {Error} */ (error).message, true);
    }
  }
}

/** @param {HTMLElement} place @param {() => void} changed */
async function listVersions(place, changed) {
  const versions = await ask(`/planning/imports/${layer}`);
  fill(place, el('h3', { text: say('版本', 'Versions') }), ...versions.slice().reverse().map((/** @type {any} */ one, /** @type {number} */ n) => el('div', { class: 'plan-row' }, [
    el('p', { text: say(`第 ${one.number} 版 · ${count(one.rows)} 行 · ${one.source || '—'}`, `Version ${one.number} · ${count(one.rows)} rows · ${one.source || '—'}`) }),
    el('p', { class: 'soft', text: [moment(one.written), one.who, one.why].filter(Boolean).join(' · ') }),
    n === 0 ? el('span', { class: 'chip', text: say('现在用的', 'in use') }) : button(say('回到这一版', 'Go back to it'), async () => {
      try {
        await ask(`/planning/imports/${layer}/restore`, { body: { number: one.number } });
        tell(say('已回到该版。', 'Gone back.'));
        changed();
        void listVersions(place, changed);
      } catch (error) { tell(/** @type {Error} */ (error).message, true); }
    }, { 'data-version': one.number }),
  ])));
}
