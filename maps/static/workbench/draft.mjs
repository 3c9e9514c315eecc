// @ts-check
/** The draft open: figures, what the last step changed, rules, lists, history, publish. */
import { askWhy } from './ask_why.mjs';
import { button, count, el, fill, moment, money, say, share, signed, table, tell } from './page.mjs';
import { nameShown, rowsShown, sharesShown } from './filters.mjs';
import { exported, handOut } from './exporting.mjs';
import { papersButton } from './papers.mjs';
import { runJob } from './jobs.mjs';
import { sitesShown } from './marks.mjs';
import { rulesForm } from './rules_form.mjs';
import { ask } from './service.mjs';
import { linkButton } from './share.mjs';
import { solved } from './solving.mjs';
import { draft, open, planShown, show, view, who } from './state.mjs';

/**
 * Takes a step; the answer is the new plan and what changed.
 * @param {Record<string, any>} change @param {string} [why]
 * @returns {Promise<boolean>} whether it was taken
 */
export async function takeStep(change, why = '') {
  const state = draft();
  if (!state) return false;
  let me = who();
  if (!me) {
    const told = await askWhy(say('谁在做这个方案？', 'Who is planning?'), { why: false });
    if (!told) return false;
    me = told.who;
  }
  return settle(() => solved(`/drafts/${state.draft.id}/edits`, { change, who: me, why, revision: state.draft.revision }));
}

/** @param {'undo' | 'redo'} way */
export function goStep(way) {
  const state = draft();
  if (!state) return Promise.resolve(false);
  return settle(() => ask(`/drafts/${state.draft.id}/${way}`, { body: { revision: state.draft.revision } }));
}

/** @param {() => Promise<any>} question @returns {Promise<boolean>} */
async function settle(question) {
  const began = performance.now();
  try {
    open(await question());
    tell(say(`已重新求解（${((performance.now() - began) / 1000).toFixed(1)} 秒）`, `Solved again in ${((performance.now() - began) / 1000).toFixed(1)} s`));
    return true;
  } catch (error) {
    const refused = /** @type {import('./service.mjs').Refused} */ (error);
    if (refused.status === 409) open(await ask(`/drafts/${view.draft}`));
    tell(refused.message, true);
    return false;
  }
}

/** @param {HTMLElement} panel */
export function draftPanel(panel) {
  const state = draft();
  if (!state) {
    fill(panel, el('p', { text: say('先在“方案”里打开或新建一个草案。', 'Open or make a draft under “Plans” first.') }));
    return;
  }
  const { draft: about, plan } = state;
  const top = panel.scrollTop;
  const kept = [...panel.querySelectorAll('details[open]')].map((one) => one.id);
  fill(
    panel,
    el('h2', { text: about.name }),
    el('div', { class: 'row' }, [
      button(say('↶ 撤销', '↶ Undo'), () => goStep('undo'), { id: 'undo', disabled: about.done === 0 }),
      button(say('↷ 重做', '↷ Redo'), () => goStep('redo'), { id: 'redo', disabled: about.done === about.edits.length }),
      linkButton(),
      button(say('发布…', 'Publish…'), publish, { class: 'primary', id: 'publish', disabled: !plan }),
    ]),
    state.problem ? el('p', { class: 'changed minus', text: state.problem }) : null,
    plan ? figures(plan) : null,
    plan ? figuresShown(plan) : null,
    state.changed ? changedBox(state.changed) : null,
    el('details', { id: 'rules' }, [el('summary', { text: say('规则：数量、经费、时间、区市、群体…', 'Rules: count, money, minutes, districts, groups…') }), rulesForm(about, plan, takeStep)]),
    plan ? el('div', { class: 'row' }, [moneyBox(about), papersButton(about.id)]) : null,
    plan ? siteList(plan) : null,
    plan ? shares(say('各区市', 'Districts'), plan.districts, 'district', true, plan.crossed) : null,
    plan ? shares(say('各群体', 'Groups'), plan.groups, 'group', false, plan.crossed) : null,
    history(about),
  );
  for (const id of kept) if (id) document.getElementById(id)?.setAttribute('open', '');
  panel.scrollTop = top;
}

/** @param {any} plan */
function figures(plan) {
  const f = plan.figures;
  return el('div', { id: 'figures' }, [
    el('p', { class: 'big', text: `${share(f.covered_before, f.workers_total)} → ${share(f.covered_after, f.workers_total)}` }),
    el('div', { class: 'gauge', 'aria-hidden': 'true' }, [
      el('i', { class: 'after', style: `width:${100 * f.covered_after / f.workers_total}%` }),
      el('i', { class: 'before', style: `width:${100 * f.covered_before / f.workers_total}%` }),
    ]),
    el('dl', { class: 'facts' }, [
      el('dt', { text: say('覆盖', 'Covered') }), el('dd', { text: say(`${count(f.covered_before)} → ${count(f.covered_after)} 人（${signed(f.covered_after - f.covered_before)}）`, `${count(f.covered_before)} → ${count(f.covered_after)} workers (${signed(f.covered_after - f.covered_before)})`) }),
      el('dt', { text: say('上限', 'Bound') }), el('dd', { text: f.upper_bound === null ? '—' : `${count(f.upper_bound)} ${f.covered_after >= f.upper_bound - 0.5 ? say('（已证明没有更好的方案）', '(proven: no plan is better)') : say('（任何方案都不超过）', '(no plan covers more)')}` }),
      el('dt', { text: say('站点与费用', 'Sites, cost') }), el('dd', { text: say(`${count(f.sites)} 处，${money(f.cost_cny)}`, `${count(f.sites)} sites, ${money(f.cost_cny)}`) }),
    ]),
  ]);
}

/** @param {any} changed */
function changedBox(changed) {
  const more = changed.second.covered_after - changed.first.covered_after;
  const cost = (changed.second.cost_cny ?? NaN) - (changed.first.cost_cny ?? NaN);
  const rows = changed.districts.filter((/** @type {any} */ row) => Math.abs(row.covered_second - row.covered_first) >= 0.5);
  const named = (/** @type {any[]} */ sites) => sites.slice(0, 6).map((site) => button(site.name, () => show({ site: site.id }), { class: 'link' })).flatMap((one, n) => (n ? ['、', one] : [one]));
  return el('div', { class: 'changed', id: 'changed' }, [
    el('b', { text: say(`这一步：覆盖 ${signed(more)} 人${Number.isFinite(cost) ? `，费用 ${signed(cost)} 元` : ''}`, `This step: ${signed(more)} workers${Number.isFinite(cost) ? `, CNY ${signed(cost)}` : ''}`) }),
    changed.came.length ? el('p', {}, [say(`换入 ${changed.came.length} 处：`, `${changed.came.length} came: `), ...named(changed.came)]) : null,
    changed.went.length ? el('p', {}, [say(`换出 ${changed.went.length} 处：`, `${changed.went.length} went: `), ...named(changed.went)]) : null,
    rows.length ? el('p', { text: rows.slice(0, 6).map((/** @type {any} */ row) => `${row.name} ${signed(row.covered_second - row.covered_first)}`).join('；') }) : null,
    !changed.came.length && !changed.went.length ? el('p', { text: say('站点不变。', 'The sites stay.') }) : null,
  ]);
}

/** The same money on actions of all kinds: a longer run, asked for. @param {any} about */
function moneyBox(about) {
  const place = el('div', { id: 'all-actions' });
  place.append(button(say('同样的钱不只新建：算一算', 'The same money, not only building: work it out'), async () => {
    const job = await runJob(`/drafts/${about.id}/run`, {}, say('完整计算', 'Full run'));
    if (!job || job.state !== 'done') return;
    const facts = job.facts;
    fill(place, el('p', { class: 'changed', text: facts.more_than_building === null
      ? say('费用未知，无法比较。', 'A cost is unknown: it cannot be compared.')
      : say(`同样 ${money(facts.budget_cny)}：新建、延时、加设施、扩容、迁址并用，每周服务 ${count(facts.hours_after)} 人时，比任何“只新建”方案至少多 ${(100 * facts.more_than_building).toFixed(1)}%（${count(facts.actions)} 项措施）`, `The same ${money(facts.budget_cny)} on ${count(facts.actions)} actions of all kinds serves ${count(facts.hours_after)} worker-hours a week, at least ${(100 * facts.more_than_building).toFixed(1)}% more than any plan that only builds`) }));
  }));
  return place;
}

/** The workers a site adds, of the group looked at if one is. @param {any} row */
const added = (row) => (view.group ? row.new_by_group[view.group] ?? 0 : row.workers_new);

/** The group looked at, in words. */
const groupName = () => planShown()?.groups.find((/** @type {any} */ row) => row.key === view.group)?.name ?? '';

/** What each of them costs, CNY. @param {any} row */
const costEach = (row) => (!view.group ? row.cost_per_worker_cny : row.cost_cny !== null && added(row) > 0 ? row.cost_cny / added(row) : null);

/** @param {any} plan @param {boolean} [open] */
export function siteList(plan, open = true) {
  const name = nameShown(plan);
  const rows = sitesShown();
  const list = table([
    { key: 'name', title: say('站点', 'Site'), show: (row) => row.name, value: (row) => row.name },
    { key: 'new', title: say('新增', 'New'), number: true, show: (row) => count(added(row)), value: added },
    { key: 'cost', title: say('元/人', 'CNY/worker'), number: true, show: (row) => count(costEach(row)), value: costEach },
    { key: 'phase', title: say('批', 'Phase'), number: true, show: (row) => String(row.phase), value: (row) => row.phase },
    { key: 'pin', title: say('标记', 'Marks'), show: (row) => [row.pinned ? say('锁', 'L') : '', row.by_hand === 'added' ? '＋' : row.by_hand === 'moved' ? '↔' : ''].join('') },
  ], rows, { press: (row) => show({ site: row.id }), id: (row) => row.id, caption: say('方案站点', 'Sites of the plan'), sort: 'cost', down: false });
  return el('details', { id: 'sites', open }, [
    el('summary', { text: say(`站点清单（${rows.length}${name ? ` · ${name}` : ''}）`, `Sites (${rows.length}${name ? ` · ${name}` : ''})`) }),
    el('div', { class: 'row' }, [button(say('导出所示', 'Export as shown'), () => exportSites(/** @type {HTMLTableElement} */ (list), rows), { id: 'export' })]),
    list,
  ]);
}

/** Figures of the district and the group looked at. @param {any} plan */
export function figuresShown(plan) {
  return el('div', { id: 'figures-shown' }, sharesShown(plan).map((row) => el('p', { text: say(`${row.name}：${share(row.covered_before, row.workers)} → ${share(row.covered_after, row.workers)}（${signed(row.covered_after - row.covered_before)} 人，共 ${count(row.workers)} 人）`, `${row.name}: ${share(row.covered_before, row.workers)} → ${share(row.covered_after, row.workers)} (${signed(row.covered_after - row.covered_before)} of ${count(row.workers)} workers)`) })));
}

/** The rows in the order, of the filter and with the figures that are shown. @param {HTMLTableElement} list @param {any[]} rows */
function exportSites(list, rows) {
  const ids = [...list.querySelectorAll('tbody tr')].map((row) => /** @type {HTMLElement} */ (row).dataset.id);
  const whose = view.group ? say(`（${groupName()}）`, ` (${groupName()})`) : '';
  const heads = [say('编号', 'ID'), say('名称', 'Name'), say('区市', 'District'), say('依托单位', 'Host'), say('经度', 'Longitude'), say('纬度', 'Latitude'), say('开放时间', 'Opening hours'), say('费用（元）', 'Cost (CNY)'), say('新增覆盖人数', 'Workers added') + whose, say('去掉后损失人数', 'Workers lost without it'), say('每新增1人费用（元）', 'CNY per worker added') + whose, say('批次', 'Phase'), say('锁定', 'Locked')];
  const shown = ids.map((id) => rows.find((row) => row.id === id)).filter(Boolean).map((row) => [row.id, row.name, row.district, row.host, row.lon, row.lat, row.opening_hours, row.cost_cny, added(row), row.workers_lost, costEach(row)?.toFixed(2), row.phase, row.pinned ? say('是', 'yes') : '']);
  handOut(draft()?.draft.name ?? say('已发布方案', 'published'), [heads, ...shown]);
}

/** @param {string} title @param {any[]} rows @param {'district' | 'group'} what @param {boolean} sites @param {any[]} crossed */
function shares(title, rows, what, sites, crossed) {
  const shown = rowsShown(rows, what, crossed);
  return el('details', { id: `by-${what}` }, [
    el('summary', { text: title }),
    exported(table([
      { key: 'name', title, show: (row) => row.name, value: (row) => row.name },
      { key: 'workers', title: say('人数', 'Workers'), number: true, show: (row) => count(row.workers), value: (row) => row.workers },
      { key: 'before', title: say('现在', 'Now'), number: true, show: (row) => share(row.covered_before, row.workers), value: (row) => (row.workers ? row.covered_before / row.workers : 0) },
      { key: 'after', title: say('方案', 'Plan'), number: true, show: (row) => share(row.covered_after, row.workers), value: (row) => (row.workers ? row.covered_after / row.workers : 0) },
      ...(sites ? [{ key: 'sites', title: say('新站', 'Sites'), number: true, show: (/** @type {any} */ row) => count(row.sites), value: (/** @type {any} */ row) => row.sites }] : []),
    ], shown, { caption: title, press: (row) => show(what === 'district' ? { district: row.key === view.district ? '' : row.key } : { group: row.key === view.group ? '' : row.key }), sort: 'after', down: false }), title),
  ]);
}

/** @param {any} about */
function history(about) {
  return el('details', { id: 'history' }, [
    el('summary', { text: say(`历史（${about.done} 步）`, `History (${about.done} steps)`) }),
    el('ol', { class: 'history' }, [
      el('li', { text: `${say('新建', 'Made')} · ${about.who} · ${moment(about.made)}${about.why ? ` · ${about.why}` : ''}` }),
      ...about.edits.map((/** @type {any} */ one) => el('li', { class: one.holds ? null : 'undone', text: `${one.words} · ${one.who} · ${moment(one.at)}${one.why ? ` · ${one.why}` : ''}` })),
    ]),
  ]);
}

async function publish() {
  const state = draft();
  if (!state) return;
  const told = await askWhy(say(`发布“${state.draft.name}”？公众看到的方案将整体换成它。`, `Publish “${state.draft.name}”? Everybody will see it.`), { confirm: say('发布', 'Publish') });
  if (!told) return;
  const job = await runJob(`/drafts/${state.draft.id}/publish`, { who: told.who, why: told.why, sites: state.plan.sites.map((/** @type {any} */ site) => site.id) }, say('发布', 'Publishing'));
  if (job?.state === 'done') show({ tab: 'plans' });
}
