// @ts-check
/** Finding a place by its name. */
import { button, byId, fill } from './page.mjs';
import { ask } from './service.mjs';

/** @param {any} map */
export function makeSearch(map) {
  const input = /** @type {HTMLInputElement} */ (byId('search-text'));
  const list = byId('search-found');
  let waiting = 0;
  const find = async () => {
    const text = input.value.trim();
    if (!text) { list.hidden = true; return; }
    const told = await ask(`/search?q=${encodeURIComponent(text)}`);
    if (input.value.trim() !== text) return;
    list.hidden = told.places.length === 0;
    fill(list, ...told.places.slice(0, 8).map((/** @type {any} */ place) => {
      const row = document.createElement('li');
      row.append(button([place.name, place.address].filter(Boolean).join(' · '), () => { list.hidden = true; map.flyTo({ center: [place.lon, place.lat], zoom: 14 }); }));
      return row;
    }));
  };
  input.addEventListener('input', () => { clearTimeout(waiting); waiting = window.setTimeout(() => { void find(); }, 200); });
  byId('search').addEventListener('submit', (event) => { event.preventDefault(); void find().then(() => list.querySelector('button')?.click()); });
  input.addEventListener('keydown', (event) => { if (event.key === 'Escape') list.hidden = true; });
}
