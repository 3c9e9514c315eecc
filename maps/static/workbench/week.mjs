// @ts-check
/** The week looked at: the plan's own, the ordinary one, or one with holidays; and its figures by hour. */
import { say, tell } from './page.mjs';
import { ask } from './service.mjs';
import { draft, planShown, view } from './state.mjs';

/** @typedef {{present: number[], served_before: number[], served_after: number[]}} Week - 168 figures each */

/** @type {Promise<{monday: string, words: string}[]> | null} */
let holidays = null;
/** What was told last, and of what. @type {{of: string, week: Week} | null} */
let kept = null;
let busy = false;
/** Whether there are workers and streets to tell hours of. */
let measurable = true;

/** @param {{measurable: boolean}} settings */
export function beginWeek(settings) { measurable = settings.measurable; }

/** Weeks with public holidays that are announced. */
export function holidayWeeks() {
  holidays ??= ask('/planning/weeks').catch((error) => { holidays = null; throw error; });
  return holidays;
}

/** The week of the plan itself: a Monday, or `ordinary`. @returns {string} */
export function ownWeek() {
  const day = draft()?.draft.rules.coverage.week;
  if (!day) return 'ordinary';
  const monday = new Date(`${day}T00:00:00Z`);
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
  return monday.toISOString().slice(0, 10);
}

/** The week looked at: a Monday, or `ordinary`. @returns {string} */
export function weekShown() { return view.week || ownWeek(); }

/** Name of the plan looked at; `now` while there is none: stations alone. @returns {string} */
export function planId() { return draft()?.draft.id ?? (planShown() ? 'published' : 'now'); }

/** What of the week is asked about, as the service reads it. @param {Record<string, any>} [more] @returns {string} */
export function weekQuery(more = {}) {
  const asked = { week: weekShown(), group: view.group, district: view.district, revision: draft()?.draft.revision ?? 0, ...more };
  return new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== '' && value !== null).map(([key, value]) => [key, String(value)])).toString();
}

/** What the plan's own answer holds already. */
const own = () => Boolean(planShown()) && !view.group && !view.district && weekShown() === ownWeek();

/** The figures of the week looked at; null until they are told. @returns {Week | null} */
export function weekFigures() {
  if (own()) return planShown()?.week ?? null;
  return kept && kept.of === asked() ? kept.week : null;
}

const asked = () => `${planId()}/week?${weekQuery()}`;

/** Has the figures of the week looked at; the newest question wins. @param {() => void} then */
export async function followWeek(then) {
  if (busy || !measurable || own() || kept?.of === asked()) { then(); return; }
  busy = true;
  const now = asked();
  try {
    kept = { of: now, week: await ask(`/drafts/${now}`) };
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
  busy = false;
  then();
  if (asked() !== now && !own()) void followWeek(then);
}

/** @param {number} day - of the week, from 0 @param {string} [between] @returns {string} with its date in a real week */
export function dayWords(day, between = ' ') {
  const name = say('周一 周二 周三 周四 周五 周六 周日', 'Mon Tue Wed Thu Fri Sat Sun').split(' ')[day];
  if (weekShown() === 'ordinary') return name;
  const date = new Date(`${weekShown()}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + day);
  return `${name}${between}${date.getUTCMonth() + 1}/${date.getUTCDate()}`;
}
