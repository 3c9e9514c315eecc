// @ts-check
/** An answer that is waited for: said how far it is, and stopped where it is wanted no more. */
import { button, byId, count, el, say } from './page.mjs';
import { ask } from './service.mjs';

const SOON_MS = 600;
const LOOK_MS = 500;

/**
 * @param {string} path @param {unknown} [body]
 * @returns {Promise<any>} the answer; refused with 409 where it was stopped
 */
export async function solved(path, body) {
  const watch = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 14)}`;
  const box = el('p', { id: 'solving', class: 'row', role: 'status' });
  let over = false;
  /** Follows how far it is until it is over. */
  const look = async () => {
    if (over) return;
    if (!box.isConnected) byId('said').after(box);
    const told = await ask(`/drafts/solving/${watch}`).catch(() => null);
    if (over) return;
    if (told?.step) words.textContent = say(`正在求解：${told.step} ${count(100 * told.fraction)}%`, `Solving: ${told.step} ${count(100 * told.fraction)}%`);
    setTimeout(() => { void look(); }, LOOK_MS);
  };
  const words = el('span', { text: say('正在求解…', 'Solving…') });
  const stop = button(say('停止', 'Stop'), () => {
    stop.setAttribute('disabled', '');
    words.textContent = say('正在停止…', 'Stopping…');
    void ask(`/drafts/solving/${watch}`, { method: 'DELETE' });
  }, { id: 'stop-solving' });
  box.append(words, stop);
  const wait = setTimeout(() => { void look(); }, SOON_MS);
  try {
    return await ask(`${path}?watch=${watch}`, body === undefined ? {} : { body });
  } finally {
    over = true;
    clearTimeout(wait);
    box.remove();
  }
}
