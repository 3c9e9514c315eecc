// @ts-check
/** Taking a card to another day, bus or hour: mouse at once, a finger after resting on it. */
import { el } from 'workbench/page.mjs';
import { minuteAt } from './clock.mjs';

const REST_MS = 260;
const SLIP_PX = 8;
const STEP_MIN = 15;

/**
 * @typedef {{bus: string, day: string, start_min: number}} Place
 * @typedef {{hover: (card: any, place: Place, ghost: HTMLElement) => void, drop: (card: any, place: Place) => void}} Uses
 */

/**
 * Makes a card's element draggable.
 * @param {HTMLElement} element
 * @param {any} card
 * @param {Uses} uses
 */
export function draggable(element, card, uses) {
  if (card.is_locked || card.is_begun) return;
  element.addEventListener('pointerdown', (down) => {
    if (down.button !== 0) return;
    const grip = down.clientY - element.getBoundingClientRect().top;
    /** @type {HTMLElement | null} */
    let ghost = null;
    /** @type {Place | null} */
    let place = null;
    /** @type {HTMLElement | null} */
    let over = null;

    /** Begins; a finger's page must not scroll from now on. */
    function begin() {
      ghost = el('div', { class: 'ghost', role: 'status' }, [el('b', { text: card.name })]);
      document.body.append(ghost);
      element.classList.add('held');
      move(down);
    }

    /** @param {PointerEvent} at */
    function move(at) {
      if (!ghost) {
        if (Math.hypot(at.clientX - down.clientX, at.clientY - down.clientY) < SLIP_PX) return;
        if (at.pointerType === 'mouse') begin();
        else end();
        return;
      }
      ghost.style.transform = `translate(${Math.min(at.clientX + 14, window.innerWidth - 200)}px, ${at.clientY + 14}px)`;
      const under = document.elementsFromPoint(at.clientX, at.clientY).find((one) => one.classList.contains('cell'));
      if (over !== under) over?.classList.remove('over');
      over = under instanceof HTMLElement && !under.classList.contains('other') ? under : null;
      over?.classList.add('over');
      if (!over) { place = null; return; }
      const box = over.getBoundingClientRect();
      const start = minuteAt((at.clientY - grip - box.top) / box.height, STEP_MIN);
      const now = { bus: String(over.dataset.bus), day: String(over.dataset.day), start_min: start };
      if (!place || now.bus !== place.bus || now.day !== place.day || now.start_min !== place.start_min) {
        place = now;
        uses.hover(card, now, ghost);
      }
    }

    /** @param {boolean} [keep] */
    function end(keep = false) {
      clearTimeout(rest);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', key);
      window.removeEventListener('touchmove', still);
      ghost?.remove();
      over?.classList.remove('over');
      element.classList.remove('held');
      if (keep && place) uses.drop(card, place);
    }
    const up = () => end(ghost !== null);
    const cancel = () => end();
    /** @param {KeyboardEvent} pressed */
    const key = (pressed) => { if (pressed.key === 'Escape') end(); };
    /** @param {TouchEvent} touch */
    const still = (touch) => { if (ghost) touch.preventDefault(); };
    const rest = down.pointerType === 'mouse' ? 0 : window.setTimeout(begin, REST_MS);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', key);
    window.addEventListener('touchmove', still, { passive: false });
  });
  element.addEventListener('contextmenu', (asked) => asked.preventDefault());
}
