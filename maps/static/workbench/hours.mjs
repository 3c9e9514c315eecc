// @ts-check
/** The 168 hours of a week: bars of who has no open station, a slider, the week itself, and the hour's figures. */
import { button, count, el, fill, say, share } from './page.mjs';
import { show, view } from './state.mjs';
import { dayWords, followWeek, holidayWeeks, ownWeek, weekFigures, weekShown } from './week.mjs';

/** @param {number} hour @returns {string} */
export function hourWords(hour) { return `${dayWords(Math.floor(hour / 24))} ${hour % 24}:00`; }

/** Draws the strip for the week, the group and the district looked at. @param {HTMLElement} place */
export function hourStrip(place) {
  drawHours(place);
  void followWeek(() => { drawHours(place); });
}

/** Draws the strip with the figures that are there. @param {HTMLElement} place */
export function drawHours(place) {
  const week = weekFigures();
  const focus = document.activeElement?.id;
  const slider = /** @type {HTMLInputElement} */ (el('input', { type: 'range', min: 0, max: 167, value: view.hour ?? worst(week), id: 'hour', 'aria-label': say('一周中的时段', 'Hour of the week') }));
  const output = el('output', { for: 'hour' });
  const strip = el('div', { class: 'strip168' }, [week ? bars(week) : el('div', { class: 'bars' }), slider, el('div', { class: 'days', 'aria-hidden': 'true' }, [0, 1, 2, 3, 4, 5, 6].map((day) => el('span', { text: dayWords(day, '\n') })))]);
  const set = (/** @type {number | null} */ hour) => { show({ hour }); if (hour !== null) slider.value = String(hour); describe(); };
  const describe = () => {
    slider.setAttribute('aria-valuetext', hourWords(Number(slider.value)));
    strip.querySelector('.now')?.classList.remove('now');
    if (view.hour !== null) strip.querySelector('.bars')?.children[view.hour]?.classList.add('now');
    output.textContent = told(week);
  };
  slider.addEventListener('input', () => set(Number(slider.value)));
  describe();
  fill(place, weekChoice(), strip, output, el('div', { class: 'row' }, [
    week ? button(say('最差的时段', 'Worst hour'), () => set(worst(week)), { id: 'worst-hour' }) : null,
    button(say('全部', 'All'), () => set(null), { id: 'all-hours' }),
  ]));
  if (focus === 'hour' || focus === 'week') document.getElementById(focus)?.focus();
}

/** @param {import('./week.mjs').Week | null} week */
function told(week) {
  const hour = view.hour;
  if (hour === null) return say('全部时段（拖动看某一小时）', 'All hours (drag for one)');
  if (!week) return hourWords(hour);
  return `${hourWords(hour)} ${say('在岗', 'there')} ${count(week.present[hour])}${say('，有站开门', ', with an open station')} ${share(week.served_before[hour], week.present[hour])} → ${share(week.served_after[hour], week.present[hour])}`;
}

/** The ordinary week, and those with holidays. */
function weekChoice() {
  const select = /** @type {HTMLSelectElement} */ (el('select', { id: 'week', 'aria-label': say('哪一周', 'Which week'), onchange: () => show({ week: select.value === ownWeek() ? '' : select.value }) }));
  const options = (/** @type {{monday: string, words: string}[]} */ weeks) => {
    const known = new Set(weeks.map((one) => one.monday));
    const others = [ownWeek(), weekShown()].filter((one, n, all) => one !== 'ordinary' && !known.has(one) && all.indexOf(one) === n);
    const all = [['ordinary', say('平常的一周', 'An ordinary week')], ...others.map((one) => [one, say(`${one} 起的一周`, `Week of ${one}`)]), ...weeks.map((one) => [one.monday, one.words])];
    fill(select, ...all.map(([value, text]) => el('option', { value, text, selected: value === weekShown() })));
  };
  options([]);
  holidayWeeks().then(options, () => { /* the ordinary week is there */ });
  return select;
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
