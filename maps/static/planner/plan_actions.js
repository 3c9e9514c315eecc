/* Actions of all kinds on the planner's map: signs that open with the tab that lists them. */
(function () {
  'use strict';
  const yizhan = window.yizhan;
  const el = yizhan.element;

  function popup(action, words, tools) {
    const money = action.cost_cny === null ? null : tools.number(action.cost_cny) + ' ' + words.yuan;
    return el('div', {}, [
      el('h3', { text: action.what }),
      el('p', { text: action.name }),
      el('div', { class: 'chip-line' }, [
        el('span', { class: 'tag', text: action.kind }),
        el('span', { class: 'tag', text: '+' + tools.number(action.worker_hours) + ' ' + words.hours_unit }),
      ]),
      action.reason ? el('p', { text: action.reason }) : null,
      tools.details([
        [words.gaining, tools.number(action.workers_gaining) + ' ' + words.people],
        [words.cost, money],
        [words.host, action.host],
        [words.address, action.address],
      ]),
      tools.bars(action.groups, words),
    ]);
  }

  /* Draws the actions, ties them to list and legend, and returns how to go to one. */
  yizhan.planActions = function (map, data, words, tools) {
    const groups = {};
    const marks = {};
    (data.actions || []).forEach((action) => {
      const body = el('span', { class: 'map-sign', style: '--pin:' + action.colour, text: action.sign });
      const label = action.what + ' ' + action.name;
      const mark = yizhan.place([action.at[1], action.at[0]], body, { title: label, alt: label, keyboard: true, riseOnHover: true });
      mark.bindPopup(() => popup(action, words, tools), tools.POPUP);
      mark.on('click', () => tools.choose('measure', action.rank));
      marks[action.rank] = mark;
      (groups[action.key] = groups[action.key] || L.layerGroup()).addLayer(mark);
    });
    const boxes = Array.from(document.querySelectorAll('[data-measures]'));
    boxes.forEach((input) => tools.bind(input, groups[input.dataset.measures] || L.layerGroup()));
    const sites = Array.from(document.querySelectorAll('[data-phase]'));
    const set = (inputs, on) => inputs.forEach((input) => { if (input.checked !== on) input.click(); });
    const tab = document.getElementById('tab-actions');
    if (tab) {
      tab.addEventListener('click', () => { set(boxes, true); set(sites, false); });
      document.getElementById('tab-sites').addEventListener('click', () => { set(boxes, false); set(sites, true); });
    }
    return function (rank) {
      const action = data.actions.find((one) => String(one.rank) === String(rank));
      const box = boxes.find((input) => input.dataset.measures === action.key);
      if (box && !box.checked) box.click();
      tools.choose('measure', rank);
      tools.fly(L.latLng(action.at[1], action.at[0]), 15, () => marks[rank].openPopup());
    };
  };
})();
