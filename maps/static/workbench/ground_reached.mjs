// @ts-check
/** The ground from which people reach a station: now, and what the plan adds; asked only while it is shown. */
import { collection } from './marks.mjs';
import { say, tell } from './page.mjs';
import { ask } from './service.mjs';
import { draft, view } from './state.mjs';
import { planId, weekShown } from './week.mjs';

const SOURCES = { now: 'wb-ground-now', added: 'wb-ground-added' };
let wanted = false;
let drawn = '';
let busy = false;

/** What is to be shown now, in one word; '' for nothing. */
function asked() {
  const state = draft();
  return wanted ? JSON.stringify([state ? [state.draft.id, state.draft.revision] : planId(), view.hour, view.hour === null ? '' : weekShown()]) : '';
}

/** @param {any} map @param {boolean} shown */
export function wantGround(map, shown) {
  wanted = shown;
  void followGround(map);
}

/** Draws the ground for the plan and the hour looked at; the newest question wins. @param {any} map */
export async function followGround(map) {
  const now = asked();
  if (busy || now === drawn) return;
  if (!now) { drawn = ''; put(map, null); return; }
  busy = true;
  tell(say('正在画可达范围…', 'Drawing what is in reach…'));
  try {
    put(map, await reachedGround(planId(), view.hour));
    tell('');
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
  drawn = now;
  busy = false;
  if (asked() !== now) void followGround(map);
}

/** Forgets what was drawn: the map has a new style, or lists have changed. */
export function forgetGround() { drawn = ''; }

/** @param {string} plan - id of a draft, or `published` @param {number | null} hour */
export function reachedGround(plan, hour) {
  return ask(`/drafts/${encodeURIComponent(plan)}/reach${hour === null ? '' : `?hour=${hour}&week=${weekShown()}`}`);
}

/** @param {any} told @param {'now' | 'added'} when */
export function groundOf(told, when) {
  return collection((told?.features ?? []).filter((/** @type {any} */ one) => one.properties.when === when && one.geometry.coordinates.length));
}

/** @param {any} map @param {any} told */
function put(map, told) {
  map.getSource(SOURCES.now)?.setData(groundOf(told, 'now'));
  map.getSource(SOURCES.added)?.setData(groundOf(told, 'added'));
}
