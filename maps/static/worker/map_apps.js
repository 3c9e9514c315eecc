/* Puts the map app first that this phone opens best, or that was used last; the phone remembers
   its name and nothing else. Without this script every app is offered. */
window.mapApps = (function () {
  'use strict';
  const agent = navigator.userAgent;
  const wechat = /MicroMessenger/i.test(agent);
  const apple = /iPhone|iPad|Macintosh/.test(agent);
  const android = /Android|HarmonyOS/i.test(agent);
  const remembered = {
    get: (key) => { try { return localStorage.getItem(key); } catch (error) { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch (error) { /* not kept */ } },
  };

  /* Apple's maps are on no Android; geo: links open nothing on an iPhone nor inside WeChat. */
  function opens(app) {
    if (app === 'apple') return !android;
    if (app === 'geo') return !apple && !wechat;
    return true;
  }

  function arrange(box) {
    const links = Array.from(box.querySelectorAll('a[data-app]'));
    const able = links.filter((link) => opens(link.dataset.app));
    const wanted = [remembered.get('map-app'), wechat ? 'tencent' : null];
    const first = wanted.map((app) => able.find((link) => link.dataset.app === app)).find(Boolean);
    const button = box.querySelector('a.primary');
    if (first && first !== button) {
      const words = button.querySelector('small');
      const old = { app: button.dataset.app, url: button.href, text: words.textContent };
      button.dataset.app = first.dataset.app;
      button.href = first.href;
      words.textContent = first.textContent;
      first.dataset.app = old.app;
      first.href = old.url;
      first.textContent = old.text;
    }
    links.forEach((link) => { if (!opens(link.dataset.app) && link !== button) link.parentElement.remove(); });
  }

  function ready() { document.querySelectorAll('[data-apps]').forEach(arrange); }

  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-app]');
    if (link) remembered.set('map-app', link.dataset.app);
  });
  ready();
  return { ready: ready, remembered: remembered };
})();
