// @ts-check
/** The board itself: a column a day, a row a bus, a card a visit. */
import { count, el, fill, say } from 'workbench/page.mjs';
import { along, clock, dayText, FIRST_MIN, LAST_MIN, minutesOf } from './clock.mjs';
import { draggable } from './dragging.mjs';

export const COLOURS = ['#1668b3', '#c2410c', '#0f766e', '#7c3aed', '#b45309', '#be185d', '#4d7c0f', '#475569'];

/** Told beside the lines that cross all cards, minutes; nine o'clock would lie on the depot's name. */
const HOURS = [12, 15, 18, 21].map((hour) => 60 * hour);

/** @param {any} one @returns {string} */
export function keyOf(one) { return `${one.bus} ${one.day} ${one.stop}`; }

/**
 * @param {HTMLElement} place
 * @param {{ground: any, state: any, day: string | null, chosen: string | null, language: 'zh' | 'en'}} held
 * @param {{pick: (card: any) => void, pickOther: (visit: any, other: any) => void, pickDay: (day: string) => void, key: (card: any, event: KeyboardEvent) => void, hover: any, drop: any}} uses
 */
export function drawGrid(place, held, uses) {
  const { ground, state } = held;
  const scroll = [place.scrollLeft, place.scrollTop];
  const tall = Math.max(264, Math.floor((place.clientHeight - 54) / ground.buses.length)); // px: cards of an hour do not lie on the next
  const rows = [el('div', { class: 'corner' })];
  for (const day of ground.days) {
    rows.push(el('div', { class: 'head' }, [el('button', {
      type: 'button', text: dayText(day, held.language), 'aria-pressed': String(day === held.day), onclick: () => uses.pickDay(day),
    })]));
  }
  ground.buses.forEach((/** @type {any} */ bus, /** @type {number} */ number) => {
    rows.push(el('div', { class: 'bus' }, [
      el('b', {}, [el('i', { style: `background:${COLOURS[number % COLOURS.length]}` }), bus.name]),
      el('span', { class: 'soft', text: bus.depot }),
      ...HOURS.map((minutes) => el('span', { class: 'hour', style: `top:${along(minutes)}`, text: clock(minutes), 'aria-hidden': 'true' })),
    ]));
    for (const day of ground.days) rows.push(cell(bus, number, day, held, uses));
  });
  fill(place, el('div', { class: 'days', style: `--days:${ground.days.length};--tall:${tall}px` }, rows));
  [place.scrollLeft, place.scrollTop] = scroll;
}

/** @param {any} bus @param {number} number @param {string} day @param {any} held @param {any} uses */
function cell(bus, number, day, held, uses) {
  const { state } = held;
  const others = state.others.filter((/** @type {any} */ one) => one.bus === bus.id && one.day === day);
  const theirs = others.flatMap((/** @type {any} */ other) => other.visits.map((/** @type {any} */ one) => otherOf(one, other, held, uses)));
  if (others.some((/** @type {any} */ one) => !one.leaves_room)) {
    return el('div', { class: 'cell other' }, [el('b', { text: others.map((/** @type {any} */ one) => one.campaign).join(' ') }), ...theirs]);
  }
  const run = state.bus_days.find((/** @type {any} */ one) => one.bus === bus.id && one.day === day);
  const cards = state.cards.filter((/** @type {any} */ one) => one.bus === bus.id && one.day === day);
  const foot = run && el('div', {
    class: run.broken.length ? 'foot bad' : 'foot', title: run.broken.join('\n'),
    text: run.broken.length ? run.broken[0] : `${run.leave}–${run.back}\n${count(run.km)} km · ${say(`${count(run.people)} 人`, `${count(run.people)} people`)}`,
  });
  return el('div', {
    class: day === held.day ? 'cell day' : 'cell', 'data-bus': bus.id, 'data-day': day,
    style: `--bus:${COLOURS[number % COLOURS.length]}`,
  }, [...others.map(hoursOf), ...theirs, ...cards.map((/** @type {any} */ one) => cardOf(one, run, held, uses)), foot]);
}

/** The hours another campaign has the bus; the rest of the day may be used. @param {any} other */
function hoursOf(other) {
  const [from, until] = [minutesOf(other.leave), minutesOf(other.back)];
  return el('div', {
    class: 'held', title: `${other.campaign} ${other.leave}–${other.back}`, style: `top:${along(from)};height:${(100 * (until - from)) / (LAST_MIN - FIRST_MIN)}%`,
  }, [el('b', { text: other.campaign })]);
}

/** A visit of another campaign, where this one may come along. @param {any} one @param {any} other @param {any} held @param {any} uses */
function otherOf(one, other, held, uses) {
  const key = `${other.bus} ${other.day} ${one.stop}`;
  const told = one.is_shared ? say(`同场 ${one.shared} · ${count(one.people)} 人`, `Shared ${one.shared} · ${count(one.people)} people`) : '';
  return el('button', {
    type: 'button', class: one.is_shared ? 'card theirs shared' : 'card theirs', 'aria-pressed': String(key === held.chosen),
    'aria-label': `${other.campaign}: ${one.name}, ${dayText(other.day, held.language)} ${clock(one.start_min)}–${clock(one.end_min)} ${told}`,
    style: `top:${along(one.start_min)};height:${(100 * (one.end_min - one.start_min)) / (LAST_MIN - FIRST_MIN)}%`,
    title: `${other.campaign}\n${one.name}\n${clock(one.start_min)}–${clock(one.end_min)}\n${told}`,
    onclick: () => uses.pickOther(one, other),
  }, [el('b', { text: one.is_shared ? say(`同场 · ${count(one.people)}`, `Shared · ${count(one.people)}`) : clock(one.start_min) }), el('span', { text: one.name })]);
}

/** @param {any} card @param {any} run @param {any} held @param {any} uses */
function cardOf(card, run, held, uses) {
  const broken = card.broken.length > 0 || (run?.broken.length > 0 && card.was !== null);
  const classes = ['card', card.was !== null && 'changed', broken && 'broken-card', card.is_begun && 'begun'].filter(Boolean).join(' ');
  const people = say(`${count(card.people)} 人`, `${count(card.people)} people`);
  const made = el('button', {
    type: 'button', class: classes, 'data-key': keyOf(card), 'aria-pressed': String(keyOf(card) === held.chosen),
    'aria-label': `${card.name}, ${dayText(card.day, held.language)} ${clock(card.start_min)}–${clock(card.end_min)}, ${people}${card.guests.map((/** @type {string} */ name) => say(`，同场：${name}`, `, also: ${name}`)).join('')}${card.is_locked ? say('，已锁定', ', locked') : ''}${broken ? say('，不合规', ', breaks a rule') : ''}`,
    style: `top:${along(card.start_min)};height:${(100 * (card.end_min - card.start_min)) / (LAST_MIN - FIRST_MIN)}%`,
    title: [card.name, `${clock(card.start_min)}–${clock(card.end_min)} · ${people}`, ...card.guests.map((/** @type {string} */ name) => say(`同场：${name}`, `Also: ${name}`))].join('\n'),
    onclick: () => uses.pick(card), onkeydown: (/** @type {KeyboardEvent} */ event) => uses.key(card, event),
  }, [
    el('b', { text: `${card.is_locked && !card.is_begun ? '🔒' : ''}${clock(card.start_min)} · ${count(card.people)}${card.guests.length ? ' ＋' : ''}` }),
    el('span', { text: card.name }),
  ]);
  draggable(made, card, uses);
  return made;
}
