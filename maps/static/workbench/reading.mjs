// @ts-check
/** What was understood of a file, before it counts: told in the words of the command, and settled here. */
import { button, count, el, fill, say } from './page.mjs';
import { rowsTable } from './rows_shown.mjs';

/**
 * What a person says that the file does not say itself; an empty text leaves it to the file.
 * @typedef {{table: string, datum: string, encoding: string, crs: string, columns: Record<string, string>, keep: boolean}} Answers
 */

/** @returns {Answers} */
export function noAnswers() { return { table: '', datum: '', encoding: '', crs: '', columns: {}, keep: false }; }

/** @param {FormData} body @param {Answers} answers */
export function addAnswers(body, answers) {
  for (const key of /** @type {const} */ (['table', 'datum', 'encoding', 'crs'])) if (answers[key]) body.append(key, answers[key]);
  for (const [header, field] of Object.entries(answers.columns)) body.append('column', `${header}=${field}`);
  body.append('keep_answers', String(answers.keep));
}

/**
 * @param {HTMLElement} place @param {any} map @param {any} told - the service's report
 * @param {Answers} answers
 * @param {() => void} again - reads the file once more with the answers
 * @param {((good: boolean) => void) | null} accept - null where it has been imported
 */
export function showReading(place, map, told, answers, again, accept) {
  const reading = told.reading;
  fill(
    place,
    el('h3', { text: reading.unclear ? say('还不能读：请在下面选好，再点“按说明重新读”', 'Not read yet: choose below, then read it again') : say(`读到 ${count(told.rows)} 行：${count(told.good)} 行可用，${count(told.rejected)} 行有问题`, `${count(told.rows)} rows: ${count(told.good)} good, ${count(told.rejected)} with problems`) }),
    ...told.remarks.map((/** @type {string} */ text) => el('p', { class: reading.unclear ? '' : 'soft', text })),
    lines('difference', reading.words.changes),
    lines('left-out', reading.words.left_out),
    problems(say('有问题的行', 'Rows with problems'), told.problems, told.problems.length, 'problems'),
    problems(say('请核对（仍会导入）', 'To be checked, imported all the same'), reading.doubts, reading.doubts_in_all, 'doubts'),
    reading.columns.length ? columns(reading, answers) : null,
    rowsTable(map, told.shown),
    hours(reading.hours),
    lines('decided', reading.words.decided),
    accept ? settle(reading, answers, again) : null,
    accept && !reading.unclear ? el('div', { class: 'row' }, [
      button(say('导入', 'Import'), () => accept(false), { class: 'primary', id: 'accept', disabled: told.good === 0 || told.rejected > 0 }),
      told.rejected > 0 && told.good > 0 ? button(say('只导入没有问题的行', 'Import the good rows alone'), () => accept(true), { id: 'accept-good' }) : null,
    ]) : null,
  );
}

/** A file that could not be read as it stands: what can be said of it. @param {HTMLElement} place @param {string} message @param {Answers} answers @param {() => void} again */
export function showRefusal(place, message, answers, again) {
  fill(place, el('h3', { text: say('这份文件没有读成', 'The file was not read') }), el('p', { text: message }), settle({ unclear: message, tables: [], encoding: true }, answers, again));
}

/** @param {string} id @param {string[]} told */
function lines(id, told) {
  return told.length ? el('ul', { id, class: 'told' }, told.map((text) => el('li', { text }))) : null;
}

/** @param {string} title @param {any[]} told @param {number} inAll @param {string} id */
function problems(title, told, inAll, id) {
  if (!told.length) return null;
  const rows = told.map((one) => el('tr', {}, [
    el('th', { scope: 'row', text: [one.sheet, one.row ? say(`第 ${one.row} 行`, `row ${one.row}`) : say('整个文件', 'whole file')].filter(Boolean).join(' · ') }),
    el('td', { text: [one.field ? `${one.column}（${one.field}）` : one.column, one.value].filter(Boolean).join('：') }),
    el('td', { text: `${one.problem} ${one.mend}` }),
  ]));
  const more = inAll > told.length ? el('p', { class: 'soft', text: say(`另有 ${count(inAll - told.length)} 处。`, `${count(inAll - told.length)} more.`) }) : null;
  return el('details', { id, open: true }, [el('summary', { text: say(`${title}（${count(inAll)}）`, `${title} (${count(inAll)})`) }), el('table', {}, [el('tbody', {}, rows)]), more]);
}

/** Every column and what it becomes; another meaning can be chosen. @param {any} reading @param {Answers} answers */
function columns(reading, answers) {
  const rows = reading.columns.map((/** @type {any} */ one) => {
    const chosen = answers.columns[one.header] ?? '';
    const select = /** @type {HTMLSelectElement} */ (el('select', { 'aria-label': say(`“${one.header}”是什么`, `What ${one.header} is`), 'data-header': one.header, onchange: () => {
      if (select.value) answers.columns[one.header] = select.value; else delete answers.columns[one.header];
    } }, [
      el('option', { value: '', text: one.name ?? say('不导入', 'left out'), selected: chosen === '' }),
      ...Object.entries(reading.fields).map(([field, name]) => el('option', { value: field, text: String(name), selected: chosen === field })),
      el('option', { value: '-', text: say('有意不导入', 'leave it out'), selected: chosen === '-' }),
    ]));
    const near = one.nearest && reading.fields[one.nearest] ? say(`像是“${reading.fields[one.nearest]}”`, `perhaps ${reading.fields[one.nearest]}`) : null;
    const about = [one.unit, one.datum, one.days, one.why, near].filter(Boolean).join(say('，', ', '));
    return el('tr', { class: reading.not_understood.includes(one.header) ? 'unknown' : null }, [el('th', { scope: 'row', text: one.header }), el('td', {}, [select, about ? el('small', { text: about }) : null]), el('td', { text: one.example })]);
  });
  const missed = reading.not_understood.length;
  const title = missed ? say(`每一列读成了什么（${missed} 列没读懂）`, `What every column became (${missed} not understood)`) : say('每一列读成了什么', 'What every column became');
  return el('details', { id: 'columns', open: missed > 0 || Boolean(reading.unclear) }, [
    el('summary', { text: title }),
    el('table', {}, [el('thead', {}, [el('tr', {}, [say('文件里的列', 'Column'), say('读作', 'Became'), say('例', 'Example')].map((text) => el('th', { scope: 'col', text })))]), el('tbody', {}, rows)]),
  ]);
}

/** @param {any[]} read */
function hours(read) {
  if (!read.length) return null;
  const rows = read.map((one) => el('tr', {}, [el('th', { scope: 'row', text: one.written }), el('td', { text: one.means }), el('td', { class: 'number', text: count(one.rows) })]));
  return el('details', { id: 'hours-read' }, [el('summary', { text: say('开放时间读成了什么', 'How hours were understood') }), el('table', {}, [el('tbody', {}, rows)])]);
}

/** Answers about the file as a whole, and reading it again. @param {any} reading @param {Answers} answers @param {() => void} again */
function settle(reading, answers, again) {
  const auto = say('由文件判断', 'as the file says');
  const tables = reading.tables.length > 1 ? [['', auto], ...reading.tables.map((/** @type {any} */ one) => [one.name, one.name]), ['全部', say('列相同的全部', 'all of the same columns')]] : null;
  const keep = /** @type {HTMLInputElement} */ (el('input', { type: 'checkbox', checked: answers.keep, onchange: () => { answers.keep = keep.checked; } }));
  return el('details', { id: 'settle', open: Boolean(reading.unclear) }, [
    el('summary', { text: say('读得不对？在这里说明', 'Misunderstood? Settle it here') }),
    tables ? choice('table', say('工作表或图层', 'Sheet or map layer'), tables, answers) : null,
    choice('datum', say('坐标来自', 'Coordinates come from'), [['', auto], ['wgs84', say('GPS、天地图（WGS-84）', 'GPS (WGS-84)')], ['gcj02', say('高德、腾讯（GCJ-02）', 'AMap, Tencent (GCJ-02)')], ['bd09', say('百度（BD-09）', 'Baidu (BD-09)')]], answers),
    reading.encoding ? choice('encoding', say('文字编码', 'Encoding'), [['', auto], ...['utf-8', 'gb18030', 'utf-16'].map((one) => [one, one])], answers) : null,
    el('label', { class: 'field' }, [say('坐标系（地图文件没写时）', 'CRS, where a map file lacks it'), el('input', { id: 'settle-crs', placeholder: 'EPSG:4549', value: answers.crs, onchange: (/** @type {Event} */ event) => { answers.crs = /** @type {HTMLInputElement} */ (event.target).value.trim(); } })]),
    reading.columns?.length ? el('p', { class: 'soft', text: say('某一列是什么，在上面的表里选。', 'What a column is, choose in the table above.') }) : null,
    el('label', { class: 'field' }, [say('记住，下次同样表头的文件照此读', 'Remember for files with the same headers'), keep]),
    button(say('按说明重新读', 'Read it again so'), again, { id: 'read-again' }),
  ]);
}

/** @param {'table' | 'datum' | 'encoding'} key @param {string} name @param {string[][]} options @param {Answers} answers */
function choice(key, name, options, answers) {
  const select = /** @type {HTMLSelectElement} */ (el('select', { id: `settle-${key}`, onchange: () => { answers[key] = select.value; } }, options.map(([value, text]) => el('option', { value, text, selected: answers[key] === value }))));
  return el('label', { class: 'field' }, [name, select]);
}
