/* The list of gaps: by rank, narrowed by district, cause and words, a page at a time. */
(function () {
  'use strict';
  const yizhan = (window.yizhan = window.yizhan || {});
  const PAGE = 50;

  function whole(value) {
    return yizhan.number(value || 0);
  }

  function row(gap, words, colours) {
    const el = yizhan.element;
    return el('li', {}, [
      el('button', { type: 'button', 'data-gap': gap.rank }, [
        el('span', { class: 'rank gap', style: '--patch:' + colours[gap.key], text: gap.rank }),
        el('span', { class: 'name', text: [gap.district, gap.name || gap.subdistrict].filter(Boolean).join(' ') || words.gap }),
        el('span', { class: 'value', text: whole(gap.workers) }),
        el('span', { class: 'detail', text: [gap.cause, gap.brief].filter(Boolean).join(' · ') }),
        el('span', { class: 'unit', text: words.people }),
      ]),
    ]);
  }

  /* Returns { draw, reveal }: `draw` follows the filters and the causes shown on the map,
     `reveal` lists enough for a gap to be seen. */
  yizhan.gapList = function (gaps, words, colours, onDistrict) {
    const list = document.getElementById('gap-rows');
    const district = document.getElementById('gap-district');
    const cause = document.getElementById('gap-cause');
    const text = document.getElementById('gap-text');
    const sum = document.getElementById('gap-sum');
    const more = document.getElementById('gap-more');
    let limit = PAGE;
    const shownOnMap = () => new Set(Array.from(document.querySelectorAll('[data-cause]:checked'), (input) => input.dataset.cause));

    function matching() {
      const shown = shownOnMap();
      const wanted = text.value.trim().toLowerCase();
      return gaps.filter((gap) =>
        shown.has(gap.key) &&
        (!cause.value || gap.key === cause.value) &&
        (!district.value || String(gap.code) === district.value) &&
        (!wanted || [gap.rank, gap.district, gap.subdistrict, gap.name, gap.brief, gap.reading].join(' ').toLowerCase().includes(wanted)));
    }

    function draw() {
      const found = matching();
      const current = list.querySelector('[aria-current]');
      list.replaceChildren(...found.slice(0, limit).map((gap) => row(gap, words, colours)));
      if (current) {
        const again = list.querySelector('[data-gap="' + current.dataset.gap + '"]');
        if (again) again.setAttribute('aria-current', 'true');
      }
      sum.textContent = words.gap_sum
        .replace('{n}', whole(found.length))
        .replace('{workers}', whole(found.reduce((total, gap) => total + (gap.workers || 0), 0)))
        .replace('{hours}', whole(found.reduce((total, gap) => total + (gap.worker_hours || 0), 0)));
      more.hidden = found.length <= limit;
    }

    function restart() {
      limit = PAGE;
      draw();
    }

    cause.addEventListener('change', () => {
      const toggle = document.querySelector('[data-cause="' + cause.value + '"]');
      if (toggle && !toggle.checked) toggle.click();
      restart();
    });
    district.addEventListener('change', () => {
      restart();
      if (district.value) onDistrict(district.value);
    });
    text.addEventListener('input', restart);
    more.addEventListener('click', () => { limit += PAGE; draw(); });
    draw();
    return {
      draw: restart,
      reveal: function (rank) {
        const place = matching().findIndex((gap) => String(gap.rank) === String(rank));
        if (place < limit) return;
        limit = PAGE * Math.ceil((place + 1) / PAGE);
        draw();
      },
    };
  };
})();
