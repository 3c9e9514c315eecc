// @ts-check
/** Two plans beside each other: by money, district, group, hour; on the map as colours. */
import { button, count, el, fill, money, say, share, signed, table, tell } from './page.mjs';
import { ask } from './service.mjs';
import { exported } from './exporting.mjs';
import { isShown, nameShown, rowsShown } from './filters.mjs';
import { pointOf, collection } from './marks.mjs';
import { linkButton } from './share.mjs';
import { note, show, view } from './state.mjs';
import { endSwipe, swipe, swiping } from './swipe.mjs';
import { weekQuery } from './week.mjs';

/** @param {HTMLElement} panel @param {any} map @param {import('./swipe.mjs').Settings} settings */
export async function comparePanel(panel, map, settings) {
  const swiped = swiping();
  endSwipe();
  const drafts = await ask('/drafts');
  const plans = [['published', say('现在发布的', 'Published now')], ...drafts.map((/** @type {any} */ one) => [one.id, one.name])];
  const first = choose(say('方案甲', 'Plan A'), view.other || 'published', plans, (value) => show({ other: value }));
  const second = choose(say('方案乙', 'Plan B'), view.draft || drafts[0]?.id || 'published', plans, (value) => show({ draft: value }));
  const place = el('div', { id: 'comparison' });
  fill(panel, el('h2', { text: say('比较两个方案', 'Compare two plans') }), first.label, second.label, place);
  if (first.value() === second.value()) {
    fill(place, el('p', { text: say('请选两个不同的方案。', 'Choose two different plans.') }));
    return;
  }
  fill(place, el('p', { text: say('正在比较…', 'Comparing…') }));
  try {
    const told = await compared(first.value(), second.value());
    drawSites(map, told);
    const line = button(say('在地图上拉动比较', 'Swipe on the map'), () => {
      const on = !swiping();
      line.setAttribute('aria-pressed', String(on));
      if (on) {
        drawNone(map);
        void swipe(map, settings, first.value(), second.value());
      } else {
        endSwipe();
        note({ swipe: '' });
        drawSites(map, told);
      }
    }, { id: 'swipe-on', 'aria-pressed': 'false' });
    fill(place, el('div', { class: 'row' }, [line, linkButton()]), ...tables(told));
    if (swiped || view.swipe) line.click();
  } catch (error) { fill(place); tell(/** @type {Error} */ (error).message, true); }
}

/** Both plans; hour by hour only of the district and the group looked at. @param {string} first @param {string} second */
async function compared(first, second) {
  const told = await ask(`/drafts/compare?first=${encodeURIComponent(first)}&second=${encodeURIComponent(second)}`);
  if (!view.district && !view.group) return told;
  const [a, b] = await Promise.all([first, second].map((plan) => ask(`/drafts/${encodeURIComponent(plan)}/week?${weekQuery({ week: '', revision: '' })}`)));
  return { ...told, served_first: a.served_after, served_second: b.served_after };
}

/** @param {string} text @param {string} held @param {string[][]} plans @param {(value: string) => void} change */
function choose(text, held, plans, change) {
  const select = /** @type {HTMLSelectElement} */ (el('select', { id: text === say('方案甲', 'Plan A') ? 'plan-a' : 'plan-b', onchange: () => change(select.value) }, plans.map(([key, name]) => el('option', { value: key, text: name, selected: key === held }))));
  return { label: el('label', { class: 'field' }, [text, select]), value: () => select.value };
}

/** Sites of B alone are drawn as come, of A alone as gone. @param {any} map @param {any} told */
function drawSites(map, told) {
  map.getSource('wb-plan')?.setData(collection(told.came.filter((/** @type {any} */ site) => isShown(site, told)).map((/** @type {any} */ site) => pointOf(site, { came: true, locked: false }))));
  map.getSource('wb-went')?.setData(collection(told.went.filter((/** @type {any} */ site) => isShown(site, told)).map((/** @type {any} */ site) => pointOf(site))));
}

/** @param {any} map */
function drawNone(map) { for (const name of ['wb-plan', 'wb-went']) map.getSource(name)?.setData(collection([])); }

/** @param {any[]} sites @param {any} told */
const shownOf = (sites, told) => sites.filter((site) => isShown(site, told)).length;

/** The figures of both plans: of the district and the group looked at, or of all. @param {any} told @returns {any[]} */
function whole(told) {
  if (!view.district && !view.group) return [told.first, told.second];
  const [row] = view.district ? rowsShown(told.districts, 'district', told.crossed) : rowsShown(told.groups, 'group', told.crossed);
  const money = (/** @type {string} */ plan) => (view.group ? null : row[`cost_${plan}_cny`]);
  const of = (/** @type {string} */ plan) => ({ covered_after: row[`covered_${plan}`], workers_total: row.workers, sites: view.group ? null : row[`sites_${plan}`], cost_cny: money(plan) });
  return [of('first'), of('second')];
}

/** @param {any} told @returns {Node[]} */
function tables(told) {
  const [a, b] = whole(told);
  const week = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0);
  const rows = [
    [say('覆盖人数', 'Workers covered'), count(a.covered_after), count(b.covered_after), signed(b.covered_after - a.covered_after)],
    [say('覆盖率', 'Share'), share(a.covered_after, a.workers_total), share(b.covered_after, b.workers_total), ''],
    [say('每周服务人时', 'Worker-hours a week'), count(week(told.served_first)), count(week(told.served_second)), signed(week(told.served_second) - week(told.served_first))],
    ...(view.group ? [] : [
      [say('站点', 'Sites'), count(a.sites), count(b.sites), signed(b.sites - a.sites)],
      [say('费用', 'Cost'), money(a.cost_cny), money(b.cost_cny), a.cost_cny === null || b.cost_cny === null ? '—' : signed(b.cost_cny - a.cost_cny)],
    ]),
  ];
  return [
    nameShown(told) ? el('p', { class: 'chip', text: nameShown(told) }) : el('span'),
    exported(el('table', {}, [el('caption', { class: 'visually-hidden', text: say('总体', 'Whole') }), el('thead', {}, [el('tr', {}, ['', say('甲', 'A'), say('乙', 'B'), say('差', 'B − A')].map((text) => el('th', { scope: 'col', class: 'number', text: text || say('指标', 'Figure') })))]), el('tbody', {}, rows.map((row) => el('tr', {}, row.map((text, n) => el(n ? 'td' : 'th', { class: n ? 'number' : null, scope: n ? null : 'row', text })))))]), say('两个方案的总体', 'two plans in whole')),
    el('p', { text: say(`乙独有 ${shownOf(told.came, told)} 处（绿），甲独有 ${shownOf(told.went, told)} 处（空心圈）。`, `${shownOf(told.came, told)} sites of B alone (green), ${shownOf(told.went, told)} of A alone (rings).`) }),
    el('h3', { text: say('各区市', 'Districts') }), exported(changes(rowsShown(told.districts, 'district', told.crossed), true), say('两个方案的各区市', 'two plans by district')),
    el('h3', { text: say('各群体', 'Groups') }), exported(changes(rowsShown(told.groups, 'group', told.crossed), false), say('两个方案的各群体', 'two plans by group')),
    el('h3', { text: say('各时段（在岗且有站开门的人，乙 − 甲）', 'By hour (workers with an open station, B − A)') }), strip(told),
  ];
}

/** @param {any[]} rows @param {boolean} sites */
function changes(rows, sites) {
  return table([
    { key: 'name', title: say('名称', 'Name'), show: (row) => row.name, value: (row) => row.name },
    { key: 'a', title: say('甲', 'A'), number: true, show: (row) => share(row.covered_first, row.workers), value: (row) => row.covered_first / row.workers },
    { key: 'b', title: say('乙', 'B'), number: true, show: (row) => share(row.covered_second, row.workers), value: (row) => row.covered_second / row.workers },
    { key: 'more', title: say('人数差', 'Workers'), number: true, show: (row) => signed(row.covered_second - row.covered_first), value: (row) => row.covered_second - row.covered_first },
    ...(sites ? [{ key: 'cost', title: say('元', 'CNY'), number: true, show: (/** @type {any} */ row) => (row.cost_first_cny === null || row.cost_second_cny === null ? '—' : signed(row.cost_second_cny - row.cost_first_cny)), value: (/** @type {any} */ row) => (row.cost_second_cny ?? 0) - (row.cost_first_cny ?? 0) }] : []),
  ], rows, { caption: say('差别', 'Differences'), sort: 'more' });
}

/** @param {any} told */
function strip(told) {
  const days = say('一二三四五六日', 'MTWTFSS');
  const most = Math.max(1, ...told.served_second.map((/** @type {number} */ value, /** @type {number} */ n) => Math.abs(value - told.served_first[n])));
  return el('table', { class: 'strip' }, [el('caption', { class: 'visually-hidden', text: say('每天差别最大的时段', 'The largest difference of each day') }), el('tbody', {}, [...days].map((day, d) => {
    const gaps = told.served_second.slice(24 * d, 24 * d + 24).map((/** @type {number} */ value, /** @type {number} */ h) => value - told.served_first[24 * d + h]);
    const peak = gaps.reduce((/** @type {number} */ best, /** @type {number} */ value, /** @type {number} */ h) => (Math.abs(value) > Math.abs(gaps[best]) ? h : best), 0);
    return el('tr', {}, [el('th', { scope: 'row', text: day }), el('td', { text: `${peak}:00` }), el('td', { class: 'number', text: signed(gaps[peak]) }), el('td', {}, [el('i', { style: `display:block;height:8px;width:${Math.round(80 * Math.abs(gaps[peak]) / most)}px;background:var(--good)` })])]);
  }))]);
}
