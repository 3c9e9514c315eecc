// @ts-check
/** What the page shows, in one place; panels watch it, and the address holds it so that a link restores it. */

/**
 * @typedef {object} View
 * @property {string} draft - id of the draft open, '' for none
 * @property {string} other - the plan compared with, '' for none
 * @property {string} tab - plans, draft, files, compare
 * @property {number | null} hour - of the week, null for all
 * @property {string} week - a Monday, or `ordinary`; '' for the plan's own
 * @property {string} district - code, '' for all
 * @property {string} group - '' for all
 * @property {string} site - id of what the card shows, '' for nothing
 * @property {string} at - zoom/lat/lon of the map
 * @property {string} layers - those shown or hidden other than at first, by a comma
 * @property {string} swipe - where the line between two plans stands, 0 to 100; '' for no line
 */

/** @type {View} */
export const view = { draft: '', other: '', tab: 'plans', hour: null, week: '', district: '', group: '', site: '', at: '', layers: '', swipe: '' };

/** @type {{draft: any, plan: any, problem: string | null, changed: any} | null} */
let opened = null;
/** @type {Set<(what: Set<string>) => void>} */
const watchers = new Set();

/** What is published, as a plan in numbers; null until it is told. @type {any} */
let published = null;

/** The draft open, with its plan. */
export function draft() { return opened; }

/** The plan looked at: the draft's, or what is published while none is open. */
export function planShown() { return opened ? opened.plan : published; }

/** @param {any} plan */
export function usePublished(plan) {
  published = plan;
  if (!opened) for (const watcher of watchers) watcher(new Set(['plan']));
}

/** @param {(what: Set<string>) => void} watcher - told which parts changed */
export function watch(watcher) { watchers.add(watcher); }

/** @param {Partial<View>} changes */
export function show(changes) {
  const changed = new Set(Object.keys(changes).filter((key) => /** @type {any} */ (view)[key] !== /** @type {any} */ (changes)[key]));
  Object.assign(view, changes);
  if (changed.size === 0) return;
  note({});
  for (const watcher of watchers) watcher(changed);
}

/** Puts into the address what the page shows already. @param {Partial<View>} changes */
export function note(changes) {
  Object.assign(view, changes);
  history.replaceState(null, '', `#${toAddress()}`);
}

/** @param {{draft: any, plan: any, problem: string | null, changed: any}} state */
export function open(state) {
  opened = state;
  for (const watcher of watchers) watcher(new Set(['plan']));
}

/** Leaves the draft open: what is published is looked at. */
export function close() {
  opened = null;
  for (const watcher of watchers) watcher(new Set(['plan']));
}

/** @returns {string} */
function toAddress() {
  const parts = Object.entries(view).filter(([, value]) => value !== '' && value !== null);
  return new URLSearchParams(parts.map(([key, value]) => [key, String(value)])).toString();
}

/** Takes the view from the address. @returns {void} */
export function restore() {
  for (const [key, value] of new URLSearchParams(location.hash.slice(1))) {
    if (key === 'hour') view.hour = /^\d{1,3}$/.test(value) && Number(value) < 168 ? Number(value) : null;
    else if (key === 'week') view.week = /^(ordinary|\d{4}-\d{2}-\d{2})$/.test(value) ? value : '';
    else if (key in view) /** @type {any} */ (view)[key] = value;
  }
}

/** Who plans: asked once, kept on this device. @returns {string} */
export function who() { return localStorage.getItem('yizhan-who') ?? ''; }

/** @param {string} name */
export function iAm(name) { localStorage.setItem('yizhan-who', name); }
