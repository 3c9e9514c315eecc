// @ts-check
/** The 168 hours of the week: bars of who has no open station, a slider, and the figures of the hour. */
import { button, count, el, fill, say, share } from './page.mjs';
import { draft, planShown, show, view } from './state.mjs';

const DAYS = () => say('周一 周二 周三 周四 周五 周六 周日', 'Mon Tue Wed Thu Fri Sat Sun').split(' ');

/** The days of the strip: of a real week with their dates. @returns {string[]} */
function days() {
  const week = draft()?.draft.rules.coverage.week;
  if (!week) return DAYS();
  const monday = new Date(`${week}T00:00:00Z`);
  monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
  return DAYS().map((name, n) => {
    const day = new Date(monday.getTime() + n * 86400000);
    return `${name} ${day.getUTCMonth() + 1}/${day.getUTCDate()}`;
  });
}

/** @param {number} hour @returns {string} */
export function hourWords(hour) { return `${days()[Math.floor(hour / 24)]} ${hour % 24}:00`; }

/** @param {HTMLElement} place */
export function hourStrip(place) {
  const week = planShown()?.week;
  const slider = /** @type {HTMLInputElement} */ (el('input', { type: 'range', min: 0, max: 167, value: view.hour ?? worst(week), id: 'hour', 'aria-label': say('一周中的时段', 'Hour of the week') }));
  const output = el('output', { for: 'hour' });
  const strip = el('div', { class: 'strip168' }, [week ? bars(week) : el('div', { class: 'bars' }), slider, el('div', { class: 'days', 'aria-hidden': 'true' }, days().map((text) => el('span', { text })))]);
  const draw = () => {
    const hour = view.hour;
    slider.setAttribute('aria-valuetext', hourWords(Number(slider.value)));
    strip.querySelector('.now')?.classList.remove('now');
    if (hour !== null) strip.querySelector('.bars')?.children[hour].classList.add('now');
    if (hour === null) output.textContent = say('全部时段（拖动看某一小时）', 'All hours (drag for one)');
    else if (!week) output.textContent = hourWords(hour);
    else output.textContent = `${hourWords(hour)} ${say('在岗', 'there')} ${count(week.present[hour])}，${say('有站开门', 'open station')} ${share(week.served_before[hour], week.present[hour])} → ${share(week.served_after[hour], week.present[hour])}`;
  };
  slider.addEventListener('input', () => { show({ hour: Number(slider.value) }); draw(); });
  draw();
  fill(place, strip, output, week ? button(say('最差的时段', 'Worst hour'), () => { slider.value = String(worst(week)); show({ hour: worst(week) }); draw(); }) : null, button(say('全部', 'All'), () => { show({ hour: null }); draw(); }));
}

/** Workers there without an open station, hour by hour: the worst hour stands highest. @param {any} week */
function bars(week) {
  const missing = (/** @type {number[]} */ served) => week.present.map((/** @type {number} */ there, /** @type {number} */ n) => Math.max(0, there - served[n]));
  const [before, after] = [missing(week.served_before), missing(week.served_after)];
  const most = Math.max(1, ...before);
  return el('div', { class: 'bars', 'aria-hidden': 'true' }, before.map((/** @type {number} */ value, /** @type {number} */ n) => el('i', { style: `height:${Math.max(4, 100 * value / most)}%` }, [el('b', { style: `height:${value > 0 ? 100 * after[n] / value : 0}%` })])));
}

/** The hour at which most workers are there without an open station. @param {any} week */
function worst(week) {
  if (!week) return 0;
  const left = week.present.map((/** @type {number} */ there, /** @type {number} */ n) => there - week.served_after[n]);
  return left.indexOf(Math.max(...left));
}
