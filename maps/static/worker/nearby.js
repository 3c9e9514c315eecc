/* What a page works out on the device itself: which stations are open, how far, and the way there. */
(function () {
  'use strict';
  const yizhan = (window.yizhan = window.yizhan || {});
  const MINUTES = 7 * 24 * 60;

  /* The minute of the week in Qingdao, wherever the device thinks it is. */
  yizhan.minuteOfWeek = function (now) {
    const there = new Date(now.getTime() + 8 * 3600e3);
    return (((there.getUTCDay() + 6) % 7) * 24 + there.getUTCHours()) * 60 + there.getUTCMinutes();
  };

  /* Whether a week [opens, closes, ...] is open at a minute, and the minute of its next change. */
  yizhan.stateAt = function (week, minute) {
    if (!week) return null;
    const openAt = (m) => week.some((opens, i) => i % 2 === 0 && opens <= m && m < week[i + 1]);
    const open = openAt(minute);
    const changes = week.map((m) => m % MINUTES).filter((m) => openAt(m) !== open)
      .map((m) => (m - minute + MINUTES) % MINUTES).filter((m) => m > 0);
    if (!changes.length) return { open: open, change: null };
    const wait = Math.min.apply(null, changes);
    return { open: open, change: (minute + wait) % MINUTES, wait: wait };
  };

  yizhan.stateText = function (state, minute, words) {
    if (!state) return ['unknown', words.unknown];
    if (state.change === null) return state.open ? ['open', words.all_day] : ['closed', words.closed];
    const day = 24 * 60;
    const two = (n) => String(n).padStart(2, '0');
    const clock = two(Math.floor((state.change % day) / 60)) + ':' + two(state.change % 60);
    const then = Math.floor(state.change / day);
    const ahead = Math.floor((minute % day + state.wait) / day);
    const when = ahead === 0 ? clock
      : ahead === 1 && clock === '00:00' && state.open ? '24:00'
        : (ahead === 1 ? words.tomorrow : words.days.split(',')[then]) + ' ' + clock;
    return state.open ? ['open', words.open + ' · ' + words.closes.replace('{t}', when)]
      : ['closed', words.closed + ' · ' + words.opens.replace('{t}', when)];
  };

  yizhan.metres = function (a, b) {
    const rad = Math.PI / 180;
    const x = (b[0] - a[0]) * rad * Math.cos(((a[1] + b[1]) / 2) * rad);
    const y = (b[1] - a[1]) * rad;
    return Math.hypot(x, y) * 6371008.8;
  };

  yizhan.far = function (value, words) {
    const tens = Math.round(value / 10) * 10;
    return tens < 1000 ? tens + ' ' + words.m : (tens / 1000).toFixed(1) + ' ' + words.km;
  };

  yizhan.mapLink = function (template, station, datum) {
    const at = datum === 'gcj02' ? station.g : station.at;
    const name = station.n.replace(/[,|:;()&=?#/\\]/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 20).trim() || '目的地';
    const values = { lon: at[0].toFixed(6), lat: at[1].toFixed(6), name: encodeURIComponent(name) };
    return template.replace(/\{(lon|lat|name)\}/g, (_, key) => values[key]);
  };
})();
