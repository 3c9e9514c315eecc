/* Once the page stands, lets the phone keep what it needs without a network. */
(function () {
  'use strict';
  const script = document.documentElement.dataset.worker;
  if (!script || !navigator.serviceWorker || !window.isSecureContext) return;
  window.addEventListener('load', () => {
    navigator.serviceWorker.register(script).then(() => navigator.serviceWorker.ready).then((held) => {
      held.active.postMessage('refresh');
    }).catch(() => { /* without it the page works as before */ });
  });
})();
