// @ts-check
/** Minutes of a day as people read them, and where they stand in a cell of the board. */

/** First and last minute a cell shows. */
export const FIRST_MIN = 7 * 60;
export const LAST_MIN = 22 * 60;

/** @param {number} minutes @returns {string} HH:MM */
export function clock(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** @param {string} text HH:MM @returns {number} */
export function minutesOf(text) {
  const [hour, minute] = text.split(':').map(Number);
  return hour * 60 + minute;
}

/** @param {number} minutes @returns {string} per cent from the top of a cell */
export function along(minutes) {
  return `${(100 * (minutes - FIRST_MIN)) / (LAST_MIN - FIRST_MIN)}%`;
}

/**
 * @param {number} share from the top of a cell, 0 to 1
 * @param {number} step minutes
 * @returns {number} minutes of the day on the clock's grid
 */
export function minuteAt(share, step) {
  const minutes = FIRST_MIN + share * (LAST_MIN - FIRST_MIN);
  return Math.min(LAST_MIN - step, Math.max(FIRST_MIN, Math.round(minutes / step) * step));
}

/** @param {string} day ISO 8601 @param {'zh' | 'en'} language @returns {string} */
export function dayText(day, language) {
  const at = new Date(`${day}T12:00:00+08:00`);
  const place = language === 'en' ? 'en-GB' : 'zh-CN';
  return at.toLocaleDateString(place, { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric', weekday: 'short' });
}
