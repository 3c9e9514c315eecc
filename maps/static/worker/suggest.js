/* Places while typing: an ARIA combobox on the form's field. What is typed goes to our own search by
   POST, so that it stands in no address; without this script the form alone does the same. */
window.suggest = (function () {
  'use strict';
  const WAIT_MS = 120;
  const MOST = 7;
  const ROOM_PX = 200;

  function option(place, number) {
    const row = document.createElement('li');
    row.id = 'suggested-' + number;
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', 'false');
    const name = Object.assign(document.createElement('b'), { textContent: place.name });
    const where = Object.assign(document.createElement('small'), { textContent: [place.what, place.address].filter(Boolean).join(' · ') });
    row.append(name, where);
    return row;
  }

  /* Puts suggestions on the form's field; `choose` is given the place that is picked. */
  function ready(form, words, choose) {
    const field = form && form.querySelector('input[type=search]');
    if (!field || field.getAttribute('role') || !form.dataset.search || !window.AbortController) return;
    const list = Object.assign(document.createElement('ul'), { id: 'suggested', className: 'suggested', hidden: true });
    const told = Object.assign(document.createElement('p'), { className: 'visually-hidden' });
    let places = [];
    let at = -1;
    let timer = 0;
    let asking = null;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', words.suggestions);
    told.setAttribute('role', 'status');
    const marks = { role: 'combobox', 'aria-expanded': 'false', 'aria-controls': list.id, 'aria-autocomplete': 'list', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' };
    Object.entries(marks).forEach((pair) => field.setAttribute(pair[0], pair[1]));
    field.closest('.field').append(list, told);

    function close() {
      window.clearTimeout(timer);
      if (asking) asking.abort();
      asking = null;
      list.hidden = true;
      at = -1;
      field.setAttribute('aria-expanded', 'false');
      field.removeAttribute('aria-activedescendant');
    }

    function mark(next) {
      at = next;
      Array.from(list.children).forEach((row, number) => row.setAttribute('aria-selected', String(number === at)));
      if (at < 0) field.removeAttribute('aria-activedescendant');
      else {
        field.setAttribute('aria-activedescendant', list.children[at].id);
        list.children[at].scrollIntoView({ block: 'nearest' });
      }
    }

    function show(found) {
      places = found;
      list.replaceChildren(...places.map(option));
      list.hidden = !places.length;
      at = -1;
      field.removeAttribute('aria-activedescendant');
      field.setAttribute('aria-expanded', String(!list.hidden));
      if (!list.hidden) makeRoom();
      told.textContent = places.length ? words.count.replace('{n}', places.length) : '';
    }

    /* Above a phone's keyboard there is room for little: the field goes to the top. */
    function makeRoom() {
      const place = field.getBoundingClientRect();
      const height = window.visualViewport ? window.visualViewport.height : window.innerHeight;
      if (height - place.bottom < ROOM_PX) window.scrollBy(0, place.top - 40);
    }

    function look() {
      const typed = field.value.trim();
      if (asking) asking.abort();
      if (!typed) { close(); return; }
      const mine = new AbortController();
      asking = mine;
      fetch(form.dataset.search, {
        method: 'POST', signal: mine.signal, cache: 'no-store', credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Accept-Language': document.documentElement.lang },
        body: JSON.stringify({ q: typed, limit: MOST }),
      }).then((answer) => (answer.ok ? answer.json() : { places: [] })).then((told) => {
        if (asking === mine && document.activeElement === field) show(told.places);
      }).catch(() => { /* typed on, or no network: the button still finds it */ });
    }

    function pick(number) {
      const place = places[number];
      close();
      field.value = place.name;
      choose(form, place);
    }

    field.addEventListener('input', (event) => {
      window.clearTimeout(timer);
      if (!event.isComposing) timer = window.setTimeout(look, WAIT_MS);
    });
    field.addEventListener('compositionend', () => { timer = window.setTimeout(look, WAIT_MS); });
    field.addEventListener('keydown', (event) => {
      if (event.isComposing || list.hidden) return;
      const last = places.length - 1;
      if (event.key === 'ArrowDown') mark(at < last ? at + 1 : 0);
      else if (event.key === 'ArrowUp') mark(at > 0 ? at - 1 : last);
      else if (event.key === 'Escape') close();
      else if (event.key === 'Enter' && at >= 0) pick(at);
      else return;
      event.preventDefault();
    });
    list.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps the keyboard
    list.addEventListener('click', (event) => {
      const row = event.target.closest('[role=option]');
      if (row) pick(Array.from(list.children).indexOf(row));
    });
    field.addEventListener('blur', close);
    form.addEventListener('submit', close);
  }

  return { ready: ready };
})();
