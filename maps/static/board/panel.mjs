// @ts-check
/** The chosen visit: what it is, what it breaks, its best mend; the same by fields as by dragging. */
import { button, count, el, fill, say, signed } from 'workbench/page.mjs';
import { clock, dayText, minutesOf } from './clock.mjs';

/**
 * @param {HTMLElement} place
 * @param {any} card
 * @param {{ground: any, state: any, ofStop: [string, string][], names: Record<string, string>, language: 'zh' | 'en'}} held
 * @param {{edit: (...edits: any[]) => void, swap: (card: any) => void, mend: (card: any) => Promise<any>}} uses
 */
export function showCard(place, card, held, uses) {
  const ref = { bus: card.bus, day: card.day, stop: card.stop };
  const fixed = card.is_locked || card.is_begun;
  const run = held.state.bus_days.find((/** @type {any} */ one) => one.bus === card.bus && one.day === card.day);
  const broken = [...card.broken, ...(run?.broken ?? [])];
  const mend = el('div', { class: 'mend', hidden: true });
  fill(place,
    el('h2', { text: card.name }),
    el('p', { class: 'soft', text: say(`到达 ${clock(card.arrive_min)}，${held.names[held.ground.campaign]} ${clock(card.start_min)}–${clock(card.end_min)}，离开 ${clock(card.depart_min)}；预计 ${count(card.people)} 人`,
      `Arrives ${clock(card.arrive_min)}, ${held.names[held.ground.campaign]} ${clock(card.start_min)}–${clock(card.end_min)}, leaves ${clock(card.depart_min)}; ${count(card.people)} people`) }),
    card.was === '-' ? el('p', { text: say('新增的停靠', 'A new visit') }) : card.was && el('p', { text: say(`已公告为 ${card.was}`, `Announced for ${card.was}`) }),
    card.guests.length > 0 && el('p', { text: say(`同场：${card.guests.join('、')}，会跟着这次停靠一起改。`, `Also held here: ${card.guests.join(', ')}; it goes along with this visit.`) }),
    card.is_begun && el('p', { text: say('已经开始，不能改动。', 'It has begun and cannot be changed.') }),
    broken.length > 0 && el('ul', { class: 'broken' }, broken.map((text) => el('li', { text }))),
    mend,
    !card.is_begun && fields(card, held, fixed, (about) => uses.edit({ do: 'move', visit: ref, ...about }), (stay) => uses.edit({ do: 'lengthen', visit: ref, stay_min: stay })),
    !card.is_begun && el('div', { class: 'row' }, [
      button(card.is_locked ? say('解锁', 'Unlock') : say('锁定', 'Lock'), () => uses.edit({ do: card.is_locked ? 'unlock' : 'lock', visit: ref })),
      button(say('与另一处对调', 'Swap with another'), () => uses.swap(card), { disabled: fixed }),
      button(say('取消这次停靠', 'Remove this visit'), () => uses.edit({ do: 'remove', visit: ref }), { disabled: fixed }),
    ]),
    links(held.ground.runs[`${card.bus} ${card.day}`]),
    stopLinks(held, card.stop),
  );
  if (broken.length && !fixed) {
    fill(mend, el('span', { class: 'soft', text: say('正在找最好的改法…', 'Looking for the best mend…') }));
    mend.hidden = false;
    void uses.mend(card).then((found) => {
      if (!found) { fill(mend, say('没有找到不违规的改法，请换一天或换一辆车。', 'No mend keeps all rules; take another day or bus.')); return; }
      fill(mend, el('p', {}, [el('b', { text: say('最好的改法：', 'Best mend: ') }), found.text,
        `（${signed(found.cost.people - found.cost.people_before)} ${say('人', 'people')}，${signed(found.cost.km - found.cost.km_before)} km）`]),
      button(say('就这样改', 'Do that'), () => uses.edit(...found.edits), { class: 'primary' }));
    });
  }
}

/**
 * A visit of another campaign: this one may be held there too, with its own crew and places.
 * @param {HTMLElement} place @param {any} held @param {{other: any, visit: any}} chosen @param {(...edits: any[]) => void} edit
 */
export function showOther(place, held, chosen, edit) {
  const { other, visit } = chosen;
  const ref = { bus: other.bus, day: other.day, stop: visit.stop };
  const mine = held.names[held.ground.campaign] ?? held.ground.campaign;
  const act = visit.is_shared
    ? button(say('不再同场', 'Share it no more'), () => edit({ do: 'unshare', visit: ref }))
    : button(say(`${mine}也在这里办（同场）`, `Hold ${mine} here too`), () => edit({ do: 'share', visit: ref }), { class: 'primary' });
  fill(place,
    el('h2', { text: visit.name }),
    el('p', { class: 'soft', text: say(`这一趟是${other.campaign}的车：${dayText(other.day, held.language)} ${clock(visit.start_min)}–${clock(visit.end_min)}，时间在${other.campaign}的看板上改。`,
      `This is a run of ${other.campaign}: ${dayText(other.day, held.language)} ${clock(visit.start_min)}–${clock(visit.end_min)}. Its hours are changed on that campaign's board.`) }),
    visit.is_shared && el('p', { text: say(`${mine}同场 ${visit.shared}，预计 ${count(visit.people)} 人；用自己的人员、设备和名额。`,
      `${mine} is held here too, ${visit.shared}, ${count(visit.people)} people; own crew, kit and places.`) }),
    visit.may_share || visit.is_shared ? el('div', { class: 'row' }, [act])
      : el('p', { text: say(`${mine}要用车上诊室，按规则不与${other.campaign}同场；排班时选“都可同场”才行。`, `${mine} needs the examination room and shares no visit of ${other.campaign}; plan it with "share visits: always" to allow it.`) }),
    links(held.ground.runs[`${other.bus} ${other.day}`]),
    stopLinks(held, visit.stop),
  );
}

/** What there is of one stop: the public page, notices, its sign, its calendar. @param {any} held @param {string} stop */
function stopLinks(held, stop) {
  const of = `?stop_id=${encodeURIComponent(stop)}`;
  return el('p', { class: 'row' }, [el('span', { class: 'soft', text: say('本停靠点：', 'This stop:') }),
    ...held.ofStop.map((/** @type {[string, string]} */ [text, href]) => el('a', { href: href + of, text }))]);
}

/** @param {[string, string][] | undefined} run */
function links(run) {
  return run && el('p', { class: 'row' }, run.map(([text, href]) => el('a', { href, text })));
}

/**
 * @param {any} card @param {any} held @param {boolean} fixed
 * @param {(about: any) => void} move @param {(stay: number) => void} lengthen
 */
function fields(card, held, fixed, move, lengthen) {
  const { ground } = held;
  return el('div', { class: 'fields' }, [
    field(say('日期', 'Day'), choice(ground.days.map((/** @type {string} */ day) => [day, dayText(day, held.language)]), card.day, (day) => move({ day }), fixed)),
    field(say('车辆', 'Bus'), choice(ground.buses.map((/** @type {any} */ bus) => [bus.id, bus.name]), card.bus, (bus) => move({ bus }), fixed)),
    field(say('开始', 'Start'), el('input', { type: 'time', step: 60 * ground.clock_step_min, value: clock(card.start_min), disabled: fixed, onchange: (/** @type {any} */ event) => {
      if (event.target.value) move({ start_min: minutesOf(event.target.value) });
    } })),
    field(say('停留', 'Stay'), choice(ground.stays_min.map((/** @type {number} */ stay) => [String(stay), say(`${stay} 分钟`, `${stay} min`)]), String(card.stay_min), (stay) => lengthen(Number(stay)), fixed)),
  ]);
}

/** @param {string} text @param {Node} input */
function field(text, input) { return el('label', {}, [text, input]); }

/** @param {[string, string][]} options @param {string} value @param {(value: string) => void} use @param {boolean} [disabled] */
export function choice(options, value, use, disabled = false) {
  const known = options.some(([key]) => key === value) ? options : [[value, value], ...options];
  const made = el('select', { disabled, onchange: (/** @type {any} */ event) => use(event.target.value) },
    known.map(([key, text]) => el('option', { value: key, text, selected: key === value })));
  return made;
}

/**
 * A stop that is not visited: where and when to add it.
 * @param {HTMLElement} place @param {any} held @param {any} stop @param {(edit: any) => void} add
 */
export function showStop(place, held, stop, add) {
  const { ground } = held;
  const asked = { bus: ground.buses[0].id, day: held.day ?? ground.days[0], start: stop.setting === 'residence' ? '17:30' : '09:00', stay: ground.stays_min[0] };
  fill(place,
    el('h2', { text: stop.name }),
    el('p', { class: 'soft', text: say(`可停 ${stop.opens}–${stop.closes}`, `May be used ${stop.opens}–${stop.closes}`) }),
    el('div', { class: 'fields' }, [
      field(say('日期', 'Day'), choice(ground.days.map((/** @type {string} */ day) => [day, dayText(day, held.language)]), asked.day, (day) => { asked.day = day; })),
      field(say('车辆', 'Bus'), choice(ground.buses.map((/** @type {any} */ bus) => [bus.id, bus.name]), asked.bus, (bus) => { asked.bus = bus; })),
      field(say('开始', 'Start'), el('input', { type: 'time', step: 60 * ground.clock_step_min, value: asked.start, onchange: (/** @type {any} */ event) => { asked.start = event.target.value; } })),
      field(say('停留', 'Stay'), choice(ground.stays_min.map((/** @type {number} */ stay) => [String(stay), say(`${stay} 分钟`, `${stay} min`)]), String(asked.stay), (stay) => { asked.stay = Number(stay); })),
    ]),
    button(say('添加停靠', 'Add the visit'), () => add({ do: 'add', stop: stop.id, bus: asked.bus, day: asked.day, start_min: minutesOf(asked.start), stay_min: asked.stay }), { class: 'primary' }),
  );
}

/**
 * Nothing chosen: how to use the board, a stop to add, and the calls to make.
 * @param {HTMLElement} place @param {any} held @param {(stop: any) => void} pick
 */
export function showNothing(place, held, pick) {
  const { ground, state } = held;
  const input = el('input', { type: 'search', list: 'stops-known', placeholder: say('停靠点名称', 'Name of a stop'), 'aria-label': say('添停靠点', 'Add a stop'), onchange: (/** @type {any} */ event) => {
    const found = ground.stops.find((/** @type {any} */ stop) => stop.name === event.target.value);
    if (found) pick(found);
  } });
  fill(place,
    el('p', { class: 'soft', text: say('拖动卡片可换天、换车、换时间；手机和平板先按住再拖。键盘：方向键换时间和日期，PageUp/PageDown 换车，+ − 改时长，L 锁定，Ctrl+Z 撤销。',
      'Drag a card to another day, bus or hour; with a finger, hold it first. Keys: arrows for hour and day, PageUp/PageDown for the bus, + − for the stay, L locks, Ctrl+Z undoes.') }),
    el('details', {}, [el('summary', { text: say('已公告的停靠什么时候会动', 'When an announced visit moves') }), el('p', { class: 'soft', text: held.promise })]),
    field(say('添一个停靠点', 'Add a stop'), input),
    el('datalist', { id: 'stops-known' }, ground.stops.filter((/** @type {any} */ stop) => !stop.is_banned).map((/** @type {any} */ stop) => el('option', { value: stop.name }))),
    state.calls.length > 0 && el('h2', { text: say(`要打的电话 ${state.calls.length} 个`, `${state.calls.length} calls to make`) }),
    state.calls.length > 0 && callList(state.calls),
  );
}

/** @param {any[]} calls */
export function callList(calls) {
  const when = (/** @type {any} */ told) => (told ? `${told.day.slice(5).replace('-', '/')} ${told.start}–${told.end}` : '—');
  return el('ol', { class: 'calls' }, calls.map((one) => el('li', {}, [
    el('b', { text: one.word }), one.campaign && el('span', { class: 'tag', text: one.campaign }), ` ${one.name}　${when(one.old)} → ${when(one.new)} `,
    one.phone && el('a', { href: `tel:${one.phone.replace(/[^0-9+]/g, '')}`, text: [one.contact, one.phone].filter(Boolean).join(' ') }),
  ])));
}
