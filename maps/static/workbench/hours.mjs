// @ts-check
/** The 168 hours of the week: a slider, and the figure of the hour now and with the plan. */
import { button, count, el, fill, say, share } from './page.mjs';
import { draft, show, view } from './state.mjs';

const DAYS = () => [...say('一二三四五六日', 'MTWTFSS')];

/** @param {number} hour @returns {string} */
export function hourWords(hour) {
  const [day, clock] = [Math.floor(hour / 24), hour % 24];
  return say(`周${DAYS()[day]} ${clock}:00`, `${['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][day]} ${clock}:00`);
}

/** @param {HTMLElement} place */
export function hourStrip(place) {
  const week = draft()?.plan?.week;
  const slider = /** @type {HTMLInputElement} */ (el('input', { type: 'range', min: 0, max: 167, value: view.hour ?? worst(week), id: 'hour', 'aria-label': say('一周中的时段', 'Hour of the week') }));
  const output = el('output', { for: 'hour' });
  const draw = () => {
    const hour = view.hour;
    slider.setAttribute('aria-valuetext', hourWords(Number(slider.value)));
    if (hour === null) output.textContent = say('全部时段（拖动看某一小时）', 'All hours (drag for one)');
    else if (!week) output.textContent = hourWords(hour);
    else output.textContent = `${hourWords(hour)} ${say('在岗', 'there')} ${count(week.present[hour])}，${say('有站开门', 'open station')} ${share(week.served_before[hour], week.present[hour])} → ${share(week.served_after[hour], week.present[hour])}`;
  };
  slider.addEventListener('input', () => { show({ hour: Number(slider.value) }); draw(); });
  draw();
  fill(place, slider, output, week ? button(say('最差的时段', 'Worst hour'), () => { slider.value = String(worst(week)); show({ hour: worst(week) }); draw(); }) : null, button(say('全部', 'All'), () => { show({ hour: null }); draw(); }));
}

/** The hour at which most workers are there without an open station. @param {any} week */
function worst(week) {
  if (!week) return 0;
  const left = week.present.map((/** @type {number} */ there, /** @type {number} */ n) => there - week.served_after[n]);
  return left.indexOf(Math.max(...left));
}
