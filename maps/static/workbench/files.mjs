// @ts-check
/** Lists in: a file dropped on the page is read without counting, then accepted; versions and going back. */
import { button, count, el, fill, moment, say, tell } from './page.mjs';
import { ask } from './service.mjs';

const LAYERS = () => [['yizhan', say('户外劳动者驿站', 'Yizhan')], ['stations', say('服务站点', 'Stations')], ['workers', say('职工聚集点', 'Worker concentrations')], ['candidates', say('候选点', 'Candidates')], ['districts', say('区市', 'Districts')]];
let layer = 'candidates';

/** @param {HTMLElement} panel @param {() => void} changed - told when a layer has a new version */
export function filesPanel(panel, changed) {
  const select = /** @type {HTMLSelectElement} */ (el('select', { id: 'layer', onchange: () => { layer = select.value; filesPanel(panel, changed); } }, LAYERS().map(([key, name]) => el('option', { value: key, text: name, selected: key === layer }))));
  const input = /** @type {HTMLInputElement} */ (el('input', { type: 'file', id: 'file', accept: '.xlsx,.xls,.csv,.geojson,.json,.gpkg,.zip,.parquet', onchange: () => { const [file] = input.files ?? []; if (file) void check(file); } }));
  const report = el('div', { id: 'report' });
  const drop = el('div', { class: 'drop', id: 'drop' }, [el('p', { text: say('把 Excel、CSV、GeoJSON 或打包的 Shapefile（zip）拖到这里，或', 'Drop an Excel, CSV, GeoJSON or zipped shapefile here, or') }), el('label', { for: 'file', text: say('选一个文件：', 'choose a file: ') }), input]);
  drop.addEventListener('dragover', (event) => { event.preventDefault(); drop.classList.add('over'); });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    const [file] = event.dataTransfer?.files ?? [];
    if (file) void check(file);
  });
  const versions = el('div', { id: 'versions' });
  fill(panel, el('h2', { text: say('数据', 'Lists') }), el('label', { class: 'field' }, [say('图层', 'Layer'), select]), el('p', {}, [el('a', { href: `planning/templates/${layer}.xlsx`, text: say('下载空白 Excel 模板', 'Blank Excel template') })]), drop, report, versions);
  void listVersions(versions, changed);

  /** @param {File} file @param {boolean} [accept] @param {boolean} [good] */
  async function check(file, accept = false, good = false) {
    const body = new FormData();
    body.append('file', file);
    body.append('dry_run', String(!accept));
    body.append('accept_good_rows', String(good));
    fill(report, el('p', { text: say('正在读…', 'Reading…') }));
    try {
      const told = await ask(`/planning/imports/${layer}`, { method: 'POST', body });
      showReport(report, told, accept ? null : (some) => check(file, true, some));
      if (told.version !== null) { tell(say(`已导入：第 ${told.version} 版`, `Imported: version ${told.version}`)); changed(); void listVersions(versions, changed); }
    } catch (error) { fill(report); tell(/** @type {Error} */ (error).message, true); }
  }
}

/** @param {HTMLElement} place @param {any} told @param {((good: boolean) => void) | null} accept */
function showReport(place, told, accept) {
  const columns = (told.reading.tables ?? []).flatMap((/** @type {any} */ one) => one.columns ?? []);
  const listed = columns.length ? columns : told.reading.columns ?? [];
  const difference = told.reading.differences ?? told.reading.difference;
  fill(
    place,
    el('h3', { text: say(`读到 ${count(told.rows)} 行：${count(told.good)} 行可用，${count(told.rejected)} 行有问题`, `${count(told.rows)} rows: ${count(told.good)} good, ${count(told.rejected)} with problems`) }),
    ...told.remarks.map((/** @type {string} */ text) => el('p', { class: 'soft', text })),
    difference ? el('p', { id: 'difference', text: typeof difference === 'string' ? difference : Object.entries(difference).map(([key, value]) => `${WORDS()[key] ?? key} ${Array.isArray(value) ? value.length : String(value)}`).join('；') }) : null,
    listed.length ? el('details', {}, [el('summary', { text: say('每一列读成了什么', 'What every column became') }), el('table', {}, [el('tbody', {}, listed.map((/** @type {any} */ one) => el('tr', {}, [el('th', { scope: 'row', text: one.header ?? one.name ?? '' }), el('td', { text: one.field ?? '—' }), el('td', { text: one.example ?? '' })])))])]) : null,
    told.problems.length ? el('details', { open: true }, [el('summary', { text: say(`问题（${told.problems.length}）`, `Problems (${told.problems.length})`) }), el('table', {}, [el('tbody', {}, told.problems.slice(0, 100).map((/** @type {any} */ one) => el('tr', {}, [el('th', { scope: 'row', text: say(`第 ${one.row} 行`, `Row ${one.row}`) }), el('td', { text: `${one.column}：${one.value}` }), el('td', { text: `${one.problem} ${one.mend}` })])))])]) : null,
    accept ? el('div', { class: 'row' }, [
      button(say('导入', 'Import'), () => accept(false), { class: 'primary', id: 'accept', disabled: told.good === 0 || told.rejected > 0 }),
      told.rejected > 0 && told.good > 0 ? button(say('只导入没有问题的行', 'Import the good rows alone'), () => accept(true), { id: 'accept-good' }) : null,
    ]) : null,
  );
}

const WORDS = () => /** @type {Record<string, string>} */ ({ added: say('新增', 'added'), removed: say('减少', 'removed'), moved: say('移动', 'moved'), changed: say('改动', 'changed'), same: say('不变', 'same'), text: '' });

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
