// @ts-check
/** The district and the group looked at: chosen once, above the lists; lists, figures, hours and map go by them. */
import { el, fill, say } from './page.mjs';
import { ask } from './service.mjs';
import { planShown, show, view } from './state.mjs';

/** Draws the two choices from the plan looked at; nothing before there is one. @param {HTMLElement} place */
export function filterRow(place) {
  const plan = planShown();
  const focus = document.activeElement?.id;
  place.hidden = !plan;
  if (!plan) return;
  fill(
    place,
    choice('district', say('区市', 'District'), say('全部区市', 'All districts'), plan.districts),
    choice('group', say('群体', 'Group'), say('全部群体', 'All groups'), plan.groups),
  );
  if (focus === 'district' || focus === 'group') document.getElementById(focus)?.focus();
}

/** @param {'district' | 'group'} what @param {string} name @param {string} all @param {any[]} rows */
function choice(what, name, all, rows) {
  const select = /** @type {HTMLSelectElement} */ (el('select', { 'aria-label': name, id: what, onchange: () => show({ [what]: select.value }) }, [
    el('option', { value: '', text: all }),
    ...rows.map((/** @type {any} */ row) => el('option', { value: row.key, text: row.name, selected: row.key === view[what] })),
  ]));
  return select;
}

/** Moves the map to the district looked at. @param {any} map */
export async function showDistrict(map) {
  const asked = view.district;
  const told = await ask(`/collections/districts/items/${encodeURIComponent(asked)}?f=json`).catch(() => null);
  if (!told || view.district !== asked) return;
  const flat = told.geometry.coordinates.flat(Infinity);
  const lons = flat.filter((/** @type {number} */ _, /** @type {number} */ n) => n % 2 === 0);
  const lats = flat.filter((/** @type {number} */ _, /** @type {number} */ n) => n % 2 === 1);
  map.fitBounds([[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]], { padding: 20, maxZoom: 13 });
}

/** Whether a site stands in the district looked at and serves the group looked at. @param {any} site @param {any} plan */
export function isShown(site, plan) {
  const name = view.district ? plan?.districts.find((/** @type {any} */ row) => row.key === view.district)?.name : null;
  return (!name || site.district === name) && (!view.group || site.new_by_group[view.group] > 0);
}

/** The district, the group and, where both are looked at, the group in the district. @param {any} plan @returns {any[]} */
export function sharesShown(plan) {
  const found = [plan.districts.find((/** @type {any} */ row) => row.key === view.district), plan.groups.find((/** @type {any} */ row) => row.key === view.group)].filter(Boolean);
  if (found.length < 2) return found;
  return [...found, { ...crossed(plan.crossed, view.district, view.group), name: nameShown(plan) }];
}

/** What is looked at, in words; '' for everything. @param {any} plan */
export function nameShown(plan) {
  return [['districts', view.district], ['groups', view.group]].map(([rows, key]) => plan[rows].find((/** @type {any} */ row) => row.key === key)?.name).filter(Boolean).join(' · ');
}

const NOBODY = { workers: 0, covered_before: 0, covered_after: 0, covered_first: 0, covered_second: 0 };

/** @param {any[]} rows @param {string} district @param {string} group */
function crossed(rows, district, group) { return rows.find((row) => row.district === district && row.group === group) ?? NOBODY; }

/**
 * Rows of districts with the figures of the group looked at, or of groups within the district looked at;
 * only the one that is looked at where one is.
 * @param {any[]} rows @param {'district' | 'group'} what @param {any[]} both - groups within districts
 */
export function rowsShown(rows, what, both) {
  const mine = what === 'district' ? view.district : view.group;
  const other = what === 'district' ? view.group : view.district;
  return rows.filter((row) => !mine || row.key === mine).map((row) => {
    if (!other) return row;
    const [district, group] = what === 'district' ? [row.key, other] : [other, row.key];
    return { ...row, ...crossed(both, district, group) };
  });
}
