// @ts-check
/** Campaigns planned from the page: one around what stands, several together, compared, published. */
import { button, count, el, fill, say, shareAtMost, stated } from 'workbench/page.mjs';
import { ask, follow } from 'workbench/service.mjs';
import { callList } from './panel.mjs';

/**
 * Opens the dialog.
 * @param {{names: Record<string, string>, ground: any}} held
 * @param {(words: string) => void} published - told once something else stands
 */
export function planCampaigns(held, published) {
  const standing = new Set(held.ground?.campaigns ?? []);
  /** @type {ReturnType<typeof campaignRow>[]} */
  const rows = stated.campaigns.map((/** @type {[string, string, number | null]} */ [name, text, places]) => campaignRow(name, text, places, standing.has(name)));
  const buses = number(say('车辆数', 'Buses'), held.ground?.buses.length ?? stated.buses);
  const days = number(say('工作日数', 'Working days'), stated.days);
  const first = field(say('首日（不填则明天起）', 'First day (tomorrow where empty)'), el('input', { type: 'date' }));
  const about = el('p', { class: 'soft', role: 'status' });
  const go = button(say('开始排', 'Plan'), start, { class: 'primary' });
  const place = el('div', {});
  const box = /** @type {HTMLDialogElement} */ (el('dialog', { class: 'planning', 'aria-label': say('排活动', 'Plan campaigns') }, [
    el('h2', { text: say('排活动', 'Plan campaigns') }), place,
  ]));
  fill(place,
    el('table', { class: 'campaigns' }, [
      el('thead', {}, [el('tr', {}, ['', say('至少车日', 'Bus-days at least'), say('名额', 'Places')].map((text) => el('th', { scope: 'col', text })))]),
      el('tbody', {}, rows.map((row) => row.element)),
    ]),
    el('p', { class: 'soft', text: say('车日：一辆车出一天。不填则几项平分；多出来的给能服务更多人的。', 'A bus-day is a bus out for a day. Left empty, all get an equal part; what is over goes where it serves most.') }),
    el('div', { class: 'fields' }, [buses.element, days.element, first.element]),
    about, el('div', { class: 'row' }, [go, button(say('返回', 'Back'), () => box.close())]),
  );
  place.addEventListener('input', tellWhat);
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  tellWhat();
  box.showModal();

  function chosen() { return rows.filter((row) => row.box.checked); }

  function tellWhat() {
    const count_ = chosen().length;
    about.textContent = count_ === 0 ? say('请选至少一项活动。', 'Choose a campaign.')
      : count_ === 1 ? say('只选一项：绕开已公告的其他活动排，排好即发布。首日之前已公告的停靠（含今天）照旧。', 'One campaign: planned around what else is announced, and published at once. What is announced before its first day, today included, stands.')
        : say('几项一起排：排出草案，与依次单独排比较，看过要打的电话再发布。首日之前已公告的停靠（含今天）照旧。', 'Planned together: a draft, compared with one after another; you see the calls before you publish. What is announced before the first day, today included, stands.');
    /** @type {HTMLButtonElement} */ (go).disabled = count_ === 0;
  }

  function common() {
    return { buses: Number(buses.input.value), days: Number(days.input.value), first_day: first.input.value || null };
  }

  async function start() {
    const shares = chosen().map((row) => row.share());
    const one = shares.length === 1;
    const [path, body] = one
      ? ['/planning/run?part=bus', { bus: { ...common(), campaign: shares[0].campaign, quota: shares[0].quota } }]
      : ['/bus/together', { campaigns: shares, rules: common() }];
    const facts = await running(place, () => ask(path, { body }));
    if (!facts) return;
    if (one) await showAnew(shares[0].campaign);
    else show(facts);
  }

  /** Says what a campaign planned anew does to the visits announced before. @param {string} name */
  async function showAnew(name) {
    const { version } = await ask(`/bus/board/state?campaign=${name}`);
    const told = await ask(`/bus/plans/${version}`);
    const calls = told.changes.filter((/** @type {any} */ one) => one.kind !== 'added');
    const done = say('已排好并发布。', 'Planned and published.');
    if (calls.length) {
      fill(place,
        el('p', { text: done }),
        el('h3', { text: say(`此前公告过的 ${told.announced} 次停靠有改动，要打 ${calls.length} 个电话`, `Of ${told.announced} visits announced before some change: ${calls.length} calls`) }),
        callList(calls), el('div', { class: 'row' }, [button(say('知道了', 'Close'), () => box.close(), { class: 'primary' })]));
    } else box.close();
    published(done);
  }

  /** @param {any} facts */
  function show(facts) {
    showTogether(place, facts, async () => {
      if (!await running(place, () => ask(`/bus/plans/${facts.version}/publish`, { body: {} }))) return;
      box.close();
      published(say('已发布。', 'Published.'));
    }, () => box.close());
  }

  /** Finds what was begun before the page was closed: work goes on, and a draft stays. */
  async function findLast() {
    const jobs = await ask('/jobs');
    const last = jobs.find((/** @type {any} */ job) => job.kind === 'bus-together');
    if (!last || !box.isConnected) return;
    if (!last.ended) {
      const facts = await running(place, async () => last);
      if (facts) show(facts);
    } else if (last.state === 'done') {
      place.append(button(say('看上次一起排的草案', 'See the last joint draft'), () => show(last.facts)));
    }
  }
  void findLast().catch(() => {});
}

/** @param {string} name @param {string} text @param {number | null} places - where not told @param {boolean} checked */
function campaignRow(name, text, places, checked) {
  const box = /** @type {HTMLInputElement} */ (el('input', { type: 'checkbox', checked, name }));
  const days = /** @type {HTMLInputElement} */ (el('input', { type: 'number', min: 1, step: 1, placeholder: say('平分', 'equal'), 'aria-label': say(`${text}至少车日`, `${text}: bus-days at least`) }));
  const quota = /** @type {HTMLInputElement} */ (el('input', { type: 'number', min: 1, step: 1, placeholder: places ?? say('不限', 'no limit'), 'aria-label': say(`${text}名额`, `${text}: places`) }));
  const element = el('tr', {}, [el('th', { scope: 'row' }, [el('label', {}, [box, text])]), el('td', {}, [days]), el('td', {}, [quota])]);
  const share_ = () => ({ campaign: name, bus_days: days.value ? Number(days.value) : null, quota: quota.value ? Number(quota.value) : null });
  return { element, box, share: share_ };
}

/** @param {string} text @param {number} value */
function number(text, value) { return field(text, el('input', { type: 'number', min: 1, step: 1, value })); }

/** @param {string} text @param {HTMLElement} input */
function field(text, input) {
  return { element: el('label', {}, [text, input]), input: /** @type {HTMLInputElement} */ (input) };
}

/**
 * Runs a job with its progress and a way to stop it, in the place of the form.
 * @param {HTMLElement} place @param {() => Promise<any>} begin - starts the job, or finds it
 * @returns {Promise<any>} its facts; null where it was stopped or refused, and the form is back
 */
async function running(place, begin) {
  const form = [...place.childNodes];
  const bar = /** @type {HTMLProgressElement} */ (el('progress', { max: 1, value: 0, 'aria-label': say('进度', 'Progress') }));
  const words = el('p', { role: 'status', text: say('开始…', 'Starting…') });
  const began = performance.now();
  try {
    const job = await begin();
    const stop = button(say('停止', 'Stop'), () => { void ask(`/jobs/${job.id}`, { method: 'DELETE' }); });
    fill(place, words, bar, el('div', { class: 'row' }, [stop]));
    const ended = await follow(job, (told) => {
      bar.value = told.fraction;
      words.textContent = say(`${told.step}（已用 ${count((performance.now() - began) / 1000)} 秒）`, `${told.step} (${count((performance.now() - began) / 1000)} s)`);
    });
    if (ended.state === 'done') return ended.facts;
    throw new Error(ended.state === 'cancelled' ? say('已停止，已发布的不变。', 'Stopped; what is published stays.') : ended.failure);
  } catch (error) {
    place.replaceChildren(...form);
    place.querySelector('p.bad')?.remove();
    place.append(el('p', { class: 'bad', role: 'alert', text: /** @type {Error} */ (error).message }));
    return null;
  }
}

/**
 * The joint plan beside the campaigns planned one after another, and whom to phone.
 * @param {HTMLElement} place @param {any} facts @param {() => Promise<void>} publish @param {() => void} drop
 */
function showTogether(place, facts, publish, drop) {
  const head = ['', say('一起排', 'Together'), say('不超过', 'No more than'), say('依次单独排', 'One after another'), say('车日', 'Bus-days'), say('停靠', 'Visits')];
  const line = (/** @type {any[]} */ cells, /** @type {string | null} */ kind = null) => el('tr', { class: kind }, [
    el('th', { scope: 'row', text: cells[0] }), ...cells.slice(1).map((text) => el('td', { text })),
  ]);
  const sum = (/** @type {string} */ key) => facts.campaigns.reduce((/** @type {number} */ all, /** @type {any} */ one) => all + one[key], 0);
  const calls = facts.campaigns.filter((/** @type {any} */ one) => one.changes.length);
  fill(place,
    el('table', { class: 'figures' }, [
      el('thead', {}, [el('tr', {}, head.map((text) => el('th', { scope: 'col', text })))]),
      el('tbody', {}, [
        ...facts.campaigns.map((/** @type {any} */ one) => line([one.name, count(one.people), count(one.upper_bound), count(one.apart_people), count(one.bus_days), count(one.visits)])),
        line([say('合计', 'In all'), count(facts.worth), count(facts.upper_bound), count(facts.apart_worth), count(sum('bus_days')), count(sum('visits'))], 'sum'),
      ]),
    ]),
    el('p', { class: 'soft', text: say(
      `合计的上限：无论车日怎样分，都不超过 ${count(facts.upper_bound)} 人，本方案最多差 ${shareAtMost(facts.gap)}（未计区市保底）。每项活动的上限是在分到的车日上。`,
      `The bound in all: however bus-days are shared out, no more than ${count(facts.upper_bound)}; this plan is within ${shareAtMost(facts.gap)} (floors of districts not counted). A campaign's own bound is that on the bus-days it got.`) }),
    ...facts.campaigns.filter((/** @type {any} */ one) => one.fairness_price >= 0.5).map((/** @type {any} */ one) => el('p', { class: 'soft', text: say(`${one.name}：为区市保底少服务 ${count(one.fairness_price)} 人。`, `${one.name}: ${count(one.fairness_price)} fewer for the districts' floors.`) })),
    ...facts.campaigns.filter((/** @type {any} */ one) => one.given_up.length).map((/** @type {any} */ one) => el('p', { class: 'bad', text: say(`${one.name}：${one.given_up.join('、')}已不在停靠点名单，请自行通知。`, `${one.name}: ${one.given_up.join(', ')} listed no more; tell them yourself.`) })),
    ...calls.flatMap((/** @type {any} */ one) => [
      el('h3', { text: say(`${one.name}：${one.announced} 次已公告，${one.unchanged} 次不变，要打 ${one.changes.length} 个电话`, `${one.name}: ${one.announced} visits announced, ${one.unchanged} unchanged, ${one.changes.length} calls`) }),
      callList(one.changes),
    ]),
    !calls.length && el('p', { text: say('没有改动已公告的停靠，不用打电话。', 'No announced visit changes: nobody to call.') }),
    el('div', { class: 'row' }, [button(say('一起发布', 'Publish all'), () => { void publish(); }, { class: 'primary' }), button(say('不用这个草案', 'Drop this draft'), drop)]),
  );
}
