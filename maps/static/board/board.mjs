// @ts-check
/** The board: what is placed where is the service's; the page shows it and asks for each step. */
import { button, byId, count, el, fill, say, signed, speak, stated, tell } from 'workbench/page.mjs';
import { ask, begin, follow } from 'workbench/service.mjs';
import { draftMap } from './draft_map.mjs';
import { clock } from './clock.mjs';
import { drawGrid, keyOf } from './grid.mjs';
import { planCampaigns } from './planning.mjs';
import { callList, showCard, showNothing, showOther, showStop } from './panel.mjs';

const settings = JSON.parse(byId('board-data').textContent ?? '{}');
speak(settings.language);
begin(settings);
const campaign = new URLSearchParams(location.search).get('campaign');
const of = campaign ? `?campaign=${encodeURIComponent(campaign)}` : '';

/** @type {any} */
const held = { ground: null, state: null, day: null, chosen: null, stop: null, swapping: null, promise: settings.promise, ofStop: settings.ofStop, language: settings.language,
  names: Object.fromEntries(stated.campaigns),
};
let drawing = 0;
const map = draftMap(byId('map'), settings, pickStop);

/** Shows what stands and what is changed of it. @param {string} [said] - what has just been done */
async function load(said = '') {
  try {
    [held.ground, held.state] = await Promise.all([ask(`/bus/board/ground${of}`), ask(`/bus/board/state${of}`)]);
    const days = held.ground.days;
    if (!days.includes(held.day)) held.day = days.includes(settings.today) ? settings.today : days[0];
    fill(byId('files'), el('nav', { class: 'linked', 'aria-label': say('下载与打印', 'Files and pages') }, held.ground.files.map((/** @type {[string, string]} */ [text, href]) => el('a', { href, text }))));
    drawCampaigns();
    draw();
    const news = [said, carriedText()].filter(Boolean).join(' ');
    if (news) tell(news, held.state.lost > 0);
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
}

/** What became of steps made before another plan was published; '' where nothing did. @returns {string} */
function carriedText() {
  const { carried, lost } = held.state;
  if (!carried && !lost) return '';
  return say(`行程刚更新过：您的 ${carried} 步改动接着有效` + (lost ? `，${lost} 步已办不到，没有保留。` : '。'),
    `The plan has changed since: ${carried} of your steps hold on` + (lost ? `, ${lost} can no longer be made and were left out.` : '.'));
}

function drawCampaigns() {
  const names = held.names;
  fill(byId('campaigns'), ...held.ground.campaigns.map((/** @type {string} */ name) => button(/** @type {any} */ (names)[name] ?? name, () => {
    const to = new URL(location.href);
    to.searchParams.set('campaign', name);
    location.assign(to);
  }, { 'aria-pressed': String(name === held.ground.campaign) })));
}

/** Words and cards at once; the map, which takes longest, once they are seen. */
function draw() {
  drawCost();
  drawGrid(byId('grid'), held, { pick, pickOther, pickDay, key, hover, drop });
  drawPanel();
  clearTimeout(drawing);
  drawing = window.setTimeout(() => map.show({ ground: held.ground, state: held.state, day: held.day, stop: held.stop }), 60);
}

function card() { return held.state.cards.find((/** @type {any} */ one) => keyOf(one) === held.chosen) ?? null; }

/** The chosen visit of another campaign, with its bus and day. */
function theirs() {
  for (const other of held.state.others) {
    const visit = other.visits.find((/** @type {any} */ one) => `${other.bus} ${other.day} ${one.stop}` === held.chosen);
    if (visit) return { other, visit };
  }
  return null;
}

function drawPanel() {
  const chosen = card();
  const stop = held.stop && held.ground.stops.find((/** @type {any} */ one) => one.id === held.stop);
  const other = theirs();
  if (other) showOther(byId('panel'), held, other, edit);
  else if (chosen) showCard(byId('panel'), chosen, held, { edit, swap, mend });
  else if (stop) showStop(byId('panel'), held, stop, edit);
  else showNothing(byId('panel'), held, (found) => pickStop(found.id));
}

function drawCost() {
  const { cost, at, steps, is_lawful: lawful, cards, bus_days: days, broken } = held.state;
  const bad = broken.length + [...cards, ...days].reduce((sum, one) => sum + one.broken.length, 0);
  const floors = Object.values(cost.below_floor).reduce((sum, one) => sum + one, 0);
  const figure = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ more, bad_ = false) => el('div', {}, [el('dt', { text: name }), el('dd', { class: bad_ ? 'bad' : null }, [value, el('small', { text: more })])]);
  fill(byId('cost'),
    el('dl', {}, [
      figure(say('预计服务', 'People'), count(cost.people), ` ${signed(cost.people - cost.people_before)}`, cost.people < cost.people_before - 0.5),
      figure(say('公里', 'km'), count(cost.km), ` ${signed(cost.km - cost.km_before)}`),
      figure(say('低于保底', 'Below floors'), count(floors), say(' 人', ' people'), floors > 0),
      figure(say('要打电话', 'Calls'), count(cost.calls), say(' 个', '')),
      figure(say('不合规', 'Rules broken'), count(bad), say(' 处', ''), !lawful),
    ]),
    el('div', { class: 'acts' }, [
      button(say('撤销', 'Undo'), () => back(at - 1), { disabled: at === 0 }),
      button(say('重做', 'Redo'), () => back(at + 1), { disabled: at >= steps }),
      button(say('全部还原', 'Reset'), () => back(0), { disabled: at === 0 }),
      button(say('发布…', 'Publish…'), publish, { class: 'primary', disabled: !lawful || cost.calls === 0 }),
    ]));
}

/** @param {...any} edits */
async function edit(...edits) {
  await stepped(() => ask('/bus/board/steps', { body: { campaign, edits, revision: held.state.revision } }), edits[0]);
}

/** @param {number} at */
async function back(at) { await stepped(() => ask('/bus/board/back', { body: { campaign, at, revision: held.state.revision } }), null); }

let waiting = 0;
let line = Promise.resolve();
/** Takes a step after those before it: none is lost, however quick the hand. @param {() => Promise<any>} send @param {any} first */
function stepped(send, first) {
  waiting += 1;
  line = line.then(async () => {
    const before = held.state;
    try {
      held.state = await send();
      tell('');
      follows(first);
    } catch (error) {
      const refused = /** @type {any} */ (error);
      held.state = await ask(`/bus/board/state${of}`).catch(() => before);
      tell([refused.message, carriedText()].filter(Boolean).join(' '), true);
    }
    waiting -= 1;
    if (waiting) return;
    draw();
    focusChosen();
  });
  return line;
}

function focusChosen() {
  /** @type {HTMLElement | null} */ (document.querySelector('.card[aria-pressed="true"]'))?.focus({ preventScroll: true });
}

/** Keeps the visit that was moved chosen where it is now. @param {any} step */
function follows(step) {
  if (!step) return;
  if (step.do === 'add') { held.chosen = `${step.bus} ${step.day} ${step.stop}`; held.stop = step.stop; }
  if (step.do === 'move') held.chosen = `${step.bus ?? step.visit.bus} ${step.day ?? step.visit.day} ${step.visit.stop}`;
  // The map shows the day on which something happened.
  if (step.do === 'move' || step.do === 'add') held.day = step.day ?? step.visit.day;
  if (step.do === 'remove') { held.chosen = null; held.stop = null; }
  if (step.do === 'swap') held.chosen = null;
}

/** @param {any} chosen */
function pick(chosen) {
  if (held.swapping) {
    const one = held.swapping;
    held.swapping = null;
    if (keyOf(one) !== keyOf(chosen)) {
      void edit({ do: 'swap', visit: { bus: one.bus, day: one.day, stop: one.stop }, other: { bus: chosen.bus, day: chosen.day, stop: chosen.stop } });
      return;
    }
  }
  held.chosen = keyOf(chosen) === held.chosen ? null : keyOf(chosen);
  held.stop = held.chosen ? chosen.stop : null;
  held.day = chosen.day;
  const stop = held.ground.stops.find((/** @type {any} */ one) => one.id === chosen.stop);
  if (held.chosen && stop) map.look(stop);
  draw();
  focusChosen();
}

/** @param {any} visit @param {any} other */
function pickOther(visit, other) {
  const key = `${other.bus} ${other.day} ${visit.stop}`;
  held.chosen = key === held.chosen ? null : key;
  held.stop = held.chosen ? visit.stop : null;
  held.day = other.day;
  const stop = held.ground.stops.find((/** @type {any} */ one) => one.id === visit.stop);
  if (held.chosen && stop) map.look(stop);
  draw();
  focusChosen();
}

/** @param {string} id */
function pickStop(id) {
  const there = held.state.cards.find((/** @type {any} */ one) => one.stop === id && (!held.day || one.day === held.day));
  if (there) { pick(there); return; }
  held.chosen = null;
  held.stop = id;
  draw();
}

/** @param {string} day */
function pickDay(day) { held.day = held.day === day ? null : day; draw(); }

/** @param {any} one */
function swap(one) {
  held.swapping = one;
  tell(say(`请点要与“${one.name}”对调的另一张卡片。`, `Press the card to swap with ${one.name}.`));
}

/** @param {any} one */
function mend(one) { return ask('/bus/board/mend', { body: { campaign, visit: { bus: one.bus, day: one.day, stop: one.stop } } }).catch(() => null); }

/** @type {(() => Promise<void>) | null} */
let next = null;
let asking = false;
/** Asks what a card would do here: one question at a time, the newest next. @param {any} one @param {any} place @param {HTMLElement} ghost */
async function hover(one, place, ghost) {
  const name = held.ground.buses.find((/** @type {any} */ bus) => bus.id === place.bus)?.name ?? place.bus;
  fill(ghost, el('b', { text: one.name }), el('div', { text: `${place.day.slice(5).replace('-', '/')} ${clock(place.start_min)} · ${name}` }));
  next = () => verdict(one, place, ghost);
  if (asking) return;
  asking = true;
  while (next) {
    const now = next;
    next = null;
    await now();
  }
  asking = false;
}

/** @param {any} one @param {any} place @param {HTMLElement} ghost */
async function verdict(one, place, ghost) {
  if (!ghost.isConnected) return;
  try {
    const told = await ask('/bus/board/try', { body: { campaign, edit: { do: 'move', visit: { bus: one.bus, day: one.day, stop: one.stop }, ...place } } });
    held.tried = { of: keyOf(one), place, revision: held.state.revision, told };
    if (next) return;
    const bad = [...told.broken, ...told.bus_days.flatMap((/** @type {any} */ run) => run.broken), ...told.cards.flatMap((/** @type {any} */ held_) => held_.broken)];
    ghost.append(bad.length ? el('div', { class: 'bad', text: bad.slice(0, 2).join(' ') }) : el('div', { class: 'good', text: say('可以', 'Keeps all rules') }),
      el('div', { class: 'soft', text: `${signed(told.cost.people - held.state.cost.people)} ${say('人', 'people')} · ${signed(told.cost.km - held.state.cost.km)} km` }));
  } catch (error) {
    ghost.append(el('div', { class: 'bad', text: /** @type {Error} */ (error).message }));
  }
}

/** @param {any} one @param {any} place */
function drop(one, place) {
  if (place.bus === one.bus && place.day === one.day && place.start_min === one.start_min) return;
  const step = { do: 'move', visit: { bus: one.bus, day: one.day, stop: one.stop }, ...place };
  const { tried, state } = held;
  // What the service said of the card held here is shown at once; the step itself is on its way.
  if (!waiting && tried?.of === keyOf(one) && tried.revision === state.revision && sameText(tried.place, place)) {
    held.state = { ...tried.told, revision: state.revision, at: state.at + 1, steps: state.at + 1 };
    follows(step);
    draw();
  }
  void edit(step);
}

/** @param {unknown} one @param {unknown} other */
function sameText(one, other) { return JSON.stringify(one) === JSON.stringify(other); }

/** Steps of the clock a press of an arrow moves a visit: a quarter of an hour on the usual one. */
const KEY_STEPS = 3;

/** @param {any} one @param {KeyboardEvent} event */
function key(one, event) {
  const visit = { bus: one.bus, day: one.day, stop: one.stop };
  const { days, buses, stays_min: stays, clock_step_min: step } = held.ground;
  const by = KEY_STEPS * step;
  const next = (/** @type {any[]} */ list, /** @type {number} */ at, /** @type {number} */ by) => list[Math.min(list.length - 1, Math.max(0, at + by))];
  const move = (/** @type {any} */ about) => ({ do: 'move', visit, ...about });
  const day = days.indexOf(one.day);
  const bus = buses.findIndex((/** @type {any} */ held_) => held_.id === one.bus);
  const stay = stays.indexOf(one.stay_min);
  /** @type {Record<string, () => any>} */
  const keys = {
    ArrowUp: () => move({ start_min: one.start_min - by }),
    ArrowDown: () => move({ start_min: one.start_min + by }),
    ArrowLeft: () => move({ day: next(days, day, -1) }),
    ArrowRight: () => move({ day: next(days, day, 1) }),
    PageUp: () => move({ bus: next(buses, bus, -1).id }),
    PageDown: () => move({ bus: next(buses, bus, 1).id }),
    '+': () => ({ do: 'lengthen', visit, stay_min: next(stays, stay, 1) }),
    '=': () => ({ do: 'lengthen', visit, stay_min: next(stays, stay, 1) }),
    '-': () => ({ do: 'lengthen', visit, stay_min: next(stays, stay, -1) }),
    l: () => ({ do: one.is_locked ? 'unlock' : 'lock', visit }),
    Delete: () => ({ do: 'remove', visit }),
  };
  const made = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
  if (!made || one.is_begun) return;
  event.preventDefault();
  held.chosen = keyOf(one);
  void edit(made());
}

document.addEventListener('keydown', (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z' || !held.state) return;
  if (event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  const to = held.state.at + (event.shiftKey ? 1 : -1);
  if (to >= 0 && to <= held.state.steps) void back(to);
});

function publish() {
  const mine = held.names[held.ground.campaign] ?? held.ground.campaign;
  const who = /** @type {HTMLInputElement} */ (el('input', { maxlength: stated.who, required: true, autocomplete: 'name' }));
  const why = /** @type {HTMLInputElement} */ (el('input', { maxlength: stated.why }));
  const bar = /** @type {HTMLProgressElement} */ (el('progress', { max: 1, value: 0, hidden: true }));
  const words = el('p', { role: 'status' });
  const go = button(say('发布', 'Publish'), send, { class: 'primary' });
  const box = /** @type {HTMLDialogElement} */ (el('dialog', {}, [
    el('h2', { text: say(`发布${mine}的看板`, `Publish the board of ${mine}`) }),
    el('p', { text: say('发布后地图、出车单、公告、日历一起更新。要打的电话：', 'Map, sheets, notices and calendars change together. Calls to make:') }),
    callList(held.state.calls),
    el('label', {}, [say('谁发布', 'Who publishes'), who]), el('label', {}, [say('理由（可不填）', 'Why (optional)'), why]),
    bar, words, el('div', { class: 'row' }, [go, button(say('返回', 'Back'), () => box.close())]),
  ]));
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();

  async function send() {
    if (!who.value.trim()) { words.textContent = say('请填写谁发布。', 'Say who publishes.'); who.focus(); return; }
    /** @type {HTMLButtonElement} */ (go).disabled = true;
    bar.hidden = false;
    const began = performance.now();
    try {
      const job = await ask('/bus/board/publish', { body: { campaign, who: who.value.trim(), why: why.value.trim() } });
      const ended = await follow(job, (told) => {
        bar.value = told.fraction;
        words.textContent = told.step;
        if (!box.open) tell(underWay(told));
      }, POLL_MS);
      if (ended.state !== 'done') throw new Error(ended.failure);
      const took = ((performance.now() - began) / 1000).toFixed(1);
      box.close();
      await load(say(`${mine}已发布第 ${ended.facts.version} 版，用时 ${took} 秒。`, `${mine}: version ${ended.facts.version} is published (${took} s).`));
    } catch (error) {
      words.textContent = /** @type {Error} */ (error).message;
      /** @type {HTMLButtonElement} */ (go).disabled = false;
      if (!box.open) tell(words.textContent, true);
    }
  }
}

/** Between two looks at how far publishing is, ms: it takes a second or two. */
const POLL_MS = 150;

/** @param {any} job @returns {string} */
function underWay(job) {
  return say(`正在发布：${job.step} ${count(100 * job.fraction)}%。可以接着改，改动会留在看板上。`, `Publishing: ${job.step} ${count(100 * job.fraction)}%. You may go on; what you change stays on the board.`);
}

/** Finds a publishing begun before the page was closed, or cut off by a restart of the service. */
async function findPublishing() {
  const jobs = await ask('/jobs').catch(() => []);
  const last = jobs.find((/** @type {any} */ job) => job.kind === 'bus-publish');
  if (!last || localStorage.getItem('yizhan-told') === last.id) return;
  if (last.ended) {
    if (last.state === 'interrupted') tell(say('上次发布没有做完：服务中途停过。已发布的不变，您的改动还在看板上，请再发布一次。', 'The last publishing was cut off: the service stopped. What is published stays and your changes are still on the board; publish again.'), true);
    localStorage.setItem('yizhan-told', last.id);
    return;
  }
  const ended = await follow(last, (told) => tell(underWay(told)), POLL_MS);
  localStorage.setItem('yizhan-told', last.id);
  if (ended.state === 'done') await load(say(`已发布第 ${ended.facts.version} 版。`, `Version ${ended.facts.version} is published.`));
  else tell(ended.failure, true);
}

document.addEventListener('click', (event) => {
  for (const open of document.querySelectorAll('details.links[open]')) {
    if (!open.contains(/** @type {Node} */ (event.target))) open.removeAttribute('open');
  }
});
window.addEventListener('resize', () => { if (held.state) draw(); });
byId('plan-campaigns').addEventListener('click', () => planCampaigns(held, (words) => {
  if (campaign) { location.assign(location.pathname); return; }
  tell(words);
  void load();
}));
void load().then(findPublishing);
