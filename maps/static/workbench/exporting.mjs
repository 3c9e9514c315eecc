// @ts-check
/** A list as it is shown, as a sheet: its order, its filter, its figures. */
import { button, el, say } from './page.mjs';

/** A cell; one that begins like a formula would be run by a spreadsheet. @param {any} value */
export function cell(value) {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Hands out a sheet. @param {string} name @param {any[][]} rows - the headings first */
export function handOut(name, rows) {
  const content = rows.map((row) => row.map(cell).join(',')).join('\r\n');
  const address = URL.createObjectURL(new Blob([`\ufeff${content}\r\n`], { type: 'text/csv' }));
  el('a', { href: address, download: `${name}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A figure as a spreadsheet reads it, other words as they are. @param {string} text */
function plain(text) {
  const figure = text.replaceAll(',', '').replace('−', '-').replace(/^[+±]/, '');
  return /^-?\d+(\.\d+)?%?$/.test(figure) ? figure : text;
}

/** @param {HTMLElement} table @param {string} name - of the file @returns {HTMLElement} the table with a button that exports it */
export function exported(table, name) {
  const send = () => {
    const rows = [...table.querySelectorAll('tr')].map((row) => [...row.querySelectorAll('th, td')].map((one) => plain((one.textContent ?? '').trim())));
    handOut(name, rows);
  };
  return el('div', {}, [el('div', { class: 'row' }, [button(say('导出所示', 'Export as shown'), send, { class: 'export' })]), table]);
}
