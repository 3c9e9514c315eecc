// @ts-check
/** The list of plans: what is published, drafts, and what was published before. */
import { askWhy } from './ask_why.mjs';
import { button, byId, count, el, fill, moment, money, say, share, tell } from './page.mjs';
import { runJob } from './jobs.mjs';
import { figuresShown, siteList } from './draft.mjs';
import { papersButton } from './papers.mjs';
import { ask } from './service.mjs';
import { solved } from './solving.mjs';
import { close, draft, open, planShown, show, view } from './state.mjs';

/** Reads a draft and its plan; what is looked at stays. @param {string} id @returns {Promise<boolean>} whether there is one */
export async function readDraft(id) {
  tell('');
  try {
    open(await solved(`/drafts/${encodeURIComponent(id)}`));
    return true;
  } catch (error) {
    show({ draft: '', tab: 'plans' });
    tell(/** @type {Error} */ (error).message, true);
    return false;
  }
}

/** Opens a draft to work on it. @param {string} id */
async function openDraft(id) {
  if (await readDraft(id)) show({ draft: id, tab: 'draft', site: '' });
}

/** @param {string} start @param {string} name */
async function makeDraft(start, name) {
  const told = await askWhy(say('新建草案', 'New draft'), { name });
  if (!told || !told.name) return;
  tell('');
  try {
    const state = await solved('/drafts', { name: told.name, who: told.who, why: told.why, start });
    open(state);
    show({ draft: state.draft.id, tab: 'draft', site: '' });
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
}

/** @param {HTMLElement} panel */
export async function plansPanel(panel) {
  if (!panel.querySelector('#new-draft')) fill(panel, el('p', { text: say('正在读取…', 'Reading…') }));
  const [drafts, published] = await Promise.all([ask('/drafts'), ask('/publications')]);
  const [now, ...former] = published;
  const plan = planShown();
  fill(
    panel,
    el('h2', { text: say('现在发布的方案', 'Published now') }),
    now ? publishedNow(now) : el('p', { text: say('还没有发布过方案。', 'Nothing is published yet.') }),
    plan && !draft() ? figuresShown(plan) : null,
    el('div', { class: 'row' }, [
      button(say('新建草案', 'New draft'), () => makeDraft('published', say('新草案', 'New draft')), { class: 'primary', id: 'new-draft' }),
      button(say('按现在的数据算现状和缺口', 'Measure coverage and gaps now'), () => measure(now), { id: 'measure' }),
    ]),
    plan && !draft() ? siteList(plan, false) : null,
    el('h2', { text: say('草案', 'Drafts') }),
    drafts.length ? null : el('p', { class: 'soft', text: say('还没有草案。草案只有您和同事看得到，发布之前公众看到的不变。', 'None yet. Drafts are seen by planners alone; nothing public changes until one is published.') }),
    ...drafts.map(draftRow),
    former.length ? el('h2', { text: say('以前发布的', 'Published before') }) : null,
    ...former.map((/** @type {any} */ one) => formerRow(one, panel)),
  );
}

/** Gaps as the lists are now; the map is drawn anew with them. @param {any} now - what is published */
async function measure(now) {
  if (now && now.sites !== null && !(await askWhy(say('清单若换过，按旧清单做的已发布方案会撤下，可随时恢复。现在算？', 'If lists have changed, the published plan made from the old ones is taken down; it can be brought back. Measure now?'), { why: false, confirm: say('现在算', 'Measure now') }))) return;
  const job = await runJob('/planning/measure', undefined, say('现状和缺口', 'Coverage and gaps'));
  if (job?.state === 'done') location.reload();
}

/** @param {any} now */
function publishedNow(now) {
  /** As things stand and, where there is a plan, with it. @param {(value: number) => string} told */
  const both = (told) => [now.covered_before, now.covered_after].filter((value) => value !== null).map((value) => told(value)).join(' → ');
  return el('div', { class: 'plan-row' }, [
    el('p', { class: 'big', text: both((value) => share(value, now.workers_total)) }),
    el('p', { text: say(`覆盖 ${both(count)} 人，共 ${count(now.workers_total)} 人`, `${both(count)} of ${count(now.workers_total)} workers covered`) }),
    now.sites === null ? el('p', { class: 'soft', text: say('还没有方案：这是现状。', 'No plan yet: this is how things stand.') }) : null,
    now.upper_bound ? el('p', { text: say(`已证明的上限 ${count(now.upper_bound)} 人；${count(now.sites)} 处，${money(now.cost_cny)}`, `proven bound ${count(now.upper_bound)}; ${count(now.sites)} sites, ${money(now.cost_cny)}`) }) : null,
    now.more_than_building ? el('p', { class: 'changed', text: say(`同样的钱不只新建：加上延时、加设施、扩容、迁址，服务的工时比任何“只新建”方案至少多 ${(100 * now.more_than_building).toFixed(1)}%`, `The same money, not only building: with longer hours, amenities, room and moves at least ${(100 * now.more_than_building).toFixed(1)}% more worker-hours than any plan that only builds`) }) : null,
    el('p', { class: 'soft', text: [now.name, now.who, now.made && moment(now.made), now.why].filter(Boolean).join(' · ') }),
    now.sites === null ? null : el('div', { class: 'row' }, [papersButton(null)]),
  ]);
}

/** @param {any} one */
function draftRow(one) {
  return el('div', { class: 'plan-row' }, [
    el('p', {}, [button(one.name, () => openDraft(one.id), { class: 'link', 'data-draft': one.id }), one.id === view.draft ? ' ' : null, one.id === view.draft ? el('span', { class: 'chip', text: say('打开中', 'open') }) : null]),
    el('p', { class: 'soft', text: say(`${one.who} · ${moment(one.edited)} · ${one.done} 步`, `${one.who} · ${moment(one.edited)} · ${one.done} steps`) }),
    el('div', { class: 'row' }, [
      button(say('另存为新草案', 'Copy'), () => makeDraft(one.id, `${one.name} 2`)),
      button(say('与发布的比较', 'Compare'), () => { show({ draft: one.id, other: 'published', tab: 'compare' }); }),
      papersButton(one.id),
      button(say('移出清单', 'Take off the list'), () => takeOff(one), { 'data-take-off': one.id }),
    ]),
  ]);
}

/** Puts a draft aside; its file stays in the project. @param {any} one */
async function takeOff(one) {
  const told = await askWhy(say(`把“${one.name}”移出清单？`, `Take ${one.name} off the list?`), { why: false, confirm: say('移出清单', 'Take off the list') });
  if (!told) return;
  try {
    await ask(`/drafts/${encodeURIComponent(one.id)}`, { method: 'DELETE' });
    if (view.draft === one.id) { close(); show({ draft: '', site: '' }); }
    await plansPanel(byId('panel'));
    tell(say(`已把“${one.name}”移出清单，文件仍在项目里。`, `${one.name} is off the list; its file stays in the project.`));
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
}

/** @param {any} one @param {HTMLElement} panel */
function formerRow(one, panel) {
  const again = async () => {
    const told = await askWhy(say('恢复发布这个方案？大蓬车行程不受影响。', 'Publish this plan again? The bus plan stays.'), { confirm: say('恢复发布', 'Publish again') });
    if (!told) return;
    await runJob(`/publications/${one.number}/restore`, { who: told.who, why: told.why }, say('恢复发布', 'Publishing again'));
    await plansPanel(panel);
  };
  return el('div', { class: 'plan-row' }, [
    el('p', { text: `${one.name ?? say('未命名的一次计算', 'A run without a name')} · ${share(one.covered_after ?? one.covered_before, one.workers_total)} · ${say(`${count(one.sites)} 处`, `${count(one.sites)} sites`)}` }),
    el('p', { class: 'soft', text: [one.who, one.made && moment(one.made), one.why].filter(Boolean).join(' · ') }),
    el('div', { class: 'row' }, [button(say('恢复发布', 'Publish again'), again, { 'data-restore': one.number })]),
  ]);
}
