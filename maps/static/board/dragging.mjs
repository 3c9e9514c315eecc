// @ts-check
/** Taking a card to another day, bus or hour: mouse at once, a finger after resting on it. */
import { el } from 'workbench/page.mjs';
import { minuteAt } from './clock.mjs';

const REST_MS = 260;
const SLIP_PX = 8;
const STEP_MIN = 15;
const EDGE_PX = 40;
const EDGE_STEP_PX = 12;

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

    /** Where the card is held now; null until it was moved. @type {PointerEvent | null} */
    let last = null;
    let frame = 0;

    /** Held at an edge, the board goes on: days and buses out of sight are reached, too. */
    function creep() {
      if (!ghost) return;
      if (last && scrolled(last)) follow(last);
      frame = requestAnimationFrame(creep);
    }

    /** Begins; a finger's page must not scroll from now on. */
    function begin() {
      ghost = el('div', { class: 'ghost', role: 'status' }, [el('b', { text: card.name })]);
      document.body.append(ghost);
      element.classList.add('lifted');
      follow(down);
      creep();
    }

    /** @param {PointerEvent} at */
    function move(at) {
      if (!ghost) {
        if (Math.hypot(at.clientX - down.clientX, at.clientY - down.clientY) < SLIP_PX) return;
        if (at.pointerType === 'mouse') begin();
        else end();
        return;
      }
      last = at;
      follow(at);
    }

    /** @param {PointerEvent} at */
    function follow(at) {
      if (!ghost) return;
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
      cancelAnimationFrame(frame);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', key);
      window.removeEventListener('touchmove', still);
      ghost?.remove();
      ghost = null;
      over?.classList.remove('over');
      element.classList.remove('lifted');
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

/** Scrolls the board where a card is held at its edge. @param {PointerEvent} at @returns {boolean} whether it did */
function scrolled(at) {
  const grid = /** @type {HTMLElement} */ (document.getElementById('grid'));
  const box = grid.getBoundingClientRect(), corner = grid.querySelector('.corner')?.getBoundingClientRect() ?? box;
  const before = [grid.scrollLeft, grid.scrollTop, window.scrollY];
  grid.scrollBy(pull(at.clientX, corner.right, Math.min(box.right, window.innerWidth)), 0);
  // A phone's board is as tall as its buses: there the page scrolls.
  const tall = grid.scrollHeight > grid.clientHeight + 1;
  (tall ? grid : window).scrollBy(0, pull(at.clientY, tall ? corner.bottom : 0, Math.min(box.bottom, window.innerHeight)));
  return before.join() !== [grid.scrollLeft, grid.scrollTop, window.scrollY].join();
}

/** @param {number} at @param {number} from @param {number} until */
function pull(at, from, until) {
  if (at > until - EDGE_PX) return EDGE_STEP_PX;
  return at < from + EDGE_PX ? -EDGE_STEP_PX : 0;
}
