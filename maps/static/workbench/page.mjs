// @ts-check
/** Elements, words and figures: what all panels are made of. Names are untrusted: never as HTML. */

/** @type {{language: 'zh' | 'en'}} */
const told = { language: 'zh' };

/** What the rules say of the page's forms: names, limits and what holds where nothing is said. @type {any} */
export const stated = JSON.parse(document.querySelector('#workbench-data, #board-data')?.textContent ?? '{}').stated ?? {};

/** @param {'zh' | 'en'} language */
export function speak(language) { told.language = language; }

/** @param {string} zh @param {string} en @returns {string} */
export function say(zh, en) { return told.language === 'en' ? en : zh; }

/**
 * @param {string} tag
 * @param {Record<string, any>} [about] - attributes; `text` is its text, `on…` are listeners
 * @param {(Node | string | null | undefined | false)[]} [children]
 * @returns {HTMLElement}
 */
export function el(tag, about = {}, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'text') made.textContent = String(value);
    else if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => /** @type {Node | string} */ (child)));
  return made;
}

/** @param {string} text @param {() => void} press @param {Record<string, any>} [about] */
export function button(text, press, about = {}) {
  return el('button', { type: 'button', text, onclick: press, ...about });
}

/** @param {number | null | undefined} value @param {number} [digits] */
export function count(value, digits = 0) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  const rounded = Math.round(value * 10 ** digits) / 10 ** digits;
  return (rounded === 0 ? 0 : rounded).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** @param {number | null | undefined} value */
export function signed(value) {
  if (value === null || value === undefined) return '—';
  const rounded = Math.round(value);
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : '±'}${count(Math.abs(rounded))}`;
}

/** @param {number} part @param {number} whole */
export function share(part, whole) { return whole > 0 ? `${(100 * part / whole).toFixed(1)}%` : '—'; }

/** The part in per cent, rounded up: no more than that is proven. @param {number} part */
export function shareAtMost(part) { return `${(Math.ceil(1e4 * part - 1e-6) / 100).toFixed(2)}%`; }

/** Yuan, in units of ten thousand as sheets have them. @param {number | null | undefined} cny */
export function money(cny) {
  if (cny === null || cny === undefined) return say('费用未知', 'cost unknown');
  return told.language === 'en' ? `CNY ${count(cny)}` : `${count(cny / 10000, 1)} 万元`;
}

/** @param {string} iso @returns {string} local day and time */
export function moment(iso) {
  const at = new Date(iso);
  return at.toLocaleString(told.language === 'en' ? 'en-GB' : 'zh-CN', { timeZone: 'Asia/Shanghai', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
}

/** @param {HTMLElement} parent @param {(Node | string | null | undefined | false)[]} children */
export function fill(parent, ...children) {
  parent.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => /** @type {Node | string} */ (child)));
}

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page lacks #${id}`);
  return found;
}

/** Whether lists and map stand below each other, as on a phone. */
export function isNarrow() { return window.matchMedia('(max-width: 819px)').matches; }

/** Brings a part of the page into sight where it does not stand beside the lists. @param {HTMLElement} part */
export function showPart(part) { if (isNarrow()) part.scrollIntoView({ block: 'start' }); }

/** Says something to everybody, screen readers too. @param {string} text @param {boolean} [bad] */
export function tell(text, bad = false) {
  const place = byId('said');
  place.textContent = text;
  place.classList.toggle('bad', bad);
  place.hidden = !text;
}

/**
 * Rows that sort by a click on their heading.
 * @param {{key: string, title: string, number?: boolean, show: (row: any) => Node | string, value?: (row: any) => number | string | null}[]} columns
 * @param {any[]} rows
 * @param {{press?: (row: any) => void, id?: (row: any) => string, caption: string, sort?: string, down?: boolean}} options
 */
export function table(columns, rows, options) {
  const state = { sort: options.sort ?? '', down: options.down ?? true };
  const body = el('tbody');
  const heads = columns.map((column) => el('th', { scope: 'col', class: column.number ? 'number' : null }, [
    column.value ? button(column.title, () => { state.down = state.sort === column.key ? !state.down : true; state.sort = column.key; draw(); }) : column.title,
  ]));
  function draw() {
    const by = columns.find((column) => column.key === state.sort);
    const sorted = rows.slice();
    if (by?.value) {
      const value = by.value;
      sorted.sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        if (x === null) return 1;
        if (y === null) return -1;
        return (x < y ? -1 : x > y ? 1 : 0) * (state.down ? -1 : 1);
      });
    }
    heads.forEach((head, n) => {
      if (columns[n].key === state.sort) head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    fill(body, ...sorted.map((row) => el('tr', { 'data-id': options.id?.(row) }, columns.map((column, n) => {
      const shown = column.show(row);
      const first = n === 0 && options.press;
      return el(n === 0 ? 'th' : 'td', { class: column.number ? 'number' : null, scope: n === 0 ? 'row' : null }, [
        first ? button(typeof shown === 'string' ? shown : '', () => options.press?.(row), { class: 'link' }) : shown,
      ]);
    }))));
  }
  draw();
  return el('table', {}, [el('caption', { class: 'visually-hidden', text: options.caption }), el('thead', {}, [el('tr', {}, heads)]), body]);
}
