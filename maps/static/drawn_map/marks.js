/* Symbols on canvas: one shape and one colour per kind, so that neither alone must be told apart. */
(function () {
  'use strict';
  const yizhan = (window.yizhan = window.yizhan || {});

  const SHAPES = {
    circle: function (c, x, y, r) { c.arc(x, y, r, 0, 2 * Math.PI); },
    square: function (c, x, y, r) { c.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76); },
    diamond: function (c, x, y, r) { polygon(c, x, y, r * 1.25, 4, 0); },
    triangle: function (c, x, y, r) { polygon(c, x, y, r * 1.3, 3, -Math.PI / 2); },
    hexagon: function (c, x, y, r) { polygon(c, x, y, r * 1.12, 6, 0); },
    pentagon: function (c, x, y, r) { polygon(c, x, y, r * 1.15, 5, -Math.PI / 2); },
    cross: function (c, x, y, r) {
      const a = r * 1.1;
      const b = r * 0.42;
      [[-b, -a], [b, -a], [b, -b], [a, -b], [a, b], [b, b], [b, a], [-b, a], [-b, b], [-a, b], [-a, -b], [-b, -b]]
        .forEach((p, i) => (i ? c.lineTo(x + p[0], y + p[1]) : c.moveTo(x + p[0], y + p[1])));
      c.closePath();
    },
  };

  function polygon(c, x, y, r, sides, start) {
    for (let i = 0; i < sides; i += 1) {
      const angle = start + (i * 2 * Math.PI) / sides;
      const px = x + r * Math.cos(angle);
      const py = y + r * Math.sin(angle);
      if (i) c.lineTo(px, py); else c.moveTo(px, py);
    }
    c.closePath();
  }

  yizhan.Mark = L.CircleMarker.extend({
    options: { shape: 'circle', radius: 6 },
    _updatePath: function () {
      const renderer = this._renderer;
      if (!(renderer instanceof L.Canvas)) return L.CircleMarker.prototype._updatePath.call(this);
      if (!renderer._drawing || this._empty()) return undefined;
      const context = renderer._ctx;
      context.beginPath();
      (SHAPES[this.options.shape] || SHAPES.circle)(context, this._point.x, this._point.y, this.options.radius);
      renderer._fillStroke(context, this);
      return undefined;
    },
  });

  /* The same symbol in a legend. */
  yizhan.swatch = function (canvas, shape, colour) {
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    canvas.width = 18 * ratio;
    canvas.height = 18 * ratio;
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.beginPath();
    (SHAPES[shape] || SHAPES.circle)(context, 9, 9, 5.5);
    context.fillStyle = colour;
    context.strokeStyle = '#fff';
    context.lineWidth = 1.2;
    context.fill();
    context.stroke();
  };

  /* A numbered pin that keyboard and screen reader can reach. */
  yizhan.pin = function (latlng, text, colour, label, className) {
    const body = yizhan.element('span', { class: 'map-pin ' + (className || ''), style: '--pin:' + colour, text: text });
    return yizhan.place(latlng, body, { title: label, alt: label, keyboard: true, riseOnHover: true });
  };

  /* Density of weighted points as a soft ramp; drawn on one canvas above the ground. */
  yizhan.Heat = L.Layer.extend({
    initialize: function (pane) { this._paneName = pane; this._points = []; },
    setPoints: function (points) { this._points = points; this._reset(); return this; },
    onAdd: function (map) {
      this._map = map;
      this._canvas = L.DomUtil.create('canvas', 'leaflet-zoom-hide map-density');
      map.getPane(this._paneName).appendChild(this._canvas);
      map.on('moveend resize', this._reset, this);
      this._reset();
    },
    onRemove: function (map) {
      this._canvas.remove();
      map.off('moveend resize', this._reset, this);
      this._map = null;
    },
    _reset: function () {
      if (!this._map) return;
      const size = this._map.getSize();
      L.DomUtil.setPosition(this._canvas, this._map.containerPointToLayerPoint([0, 0]));
      this._canvas.width = Math.max(1, size.x);
      this._canvas.height = Math.max(1, size.y);
      const radius = Math.max(10, Math.min(46, 4.2 * Math.pow(1.42, this._map.getZoom() - 8) + 6));
      const context = this._canvas.getContext('2d', { willReadFrequently: true });
      const seen = [];
      this._points.forEach((point) => {
        const at = this._map.latLngToContainerPoint([point[1], point[0]]);
        if (at.x > -radius && at.y > -radius && at.x < size.x + radius && at.y < size.y + radius) seen.push([at.x, at.y, point[2]]);
      });
      if (!seen.length) return;
      const cells = new Map();
      seen.forEach((p) => {
        const key = Math.floor(p[0] / 4) + ':' + Math.floor(p[1] / 4);
        const cell = cells.get(key) || [0, 0, 0];
        cells.set(key, [cell[0] + p[0] * p[2], cell[1] + p[1] * p[2], cell[2] + p[2]]);
      });
      const weights = Array.from(cells.values(), (cell) => cell[2]).sort((a, b) => a - b);
      const top = weights[Math.floor(weights.length * 0.97)] || 1;
      const stamp = this._stamp(radius);
      cells.forEach((cell) => {
        context.globalAlpha = Math.max(0.04, Math.min(1, cell[2] / top) * 0.75);
        context.drawImage(stamp, cell[0] / cell[2] - radius, cell[1] / cell[2] - radius);
      });
      this._colour(context, size);
    },
    _stamp: function (radius) {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = radius * 2;
      const context = canvas.getContext('2d');
      const gradient = context.createRadialGradient(radius, radius, 0, radius, radius, radius);
      gradient.addColorStop(0, 'rgba(0,0,0,1)');
      gradient.addColorStop(1, 'rgba(0,0,0,0)');
      context.fillStyle = gradient;
      context.fillRect(0, 0, radius * 2, radius * 2);
      return canvas;
    },
    _colour: function (context, size) {
      const ramp = document.createElement('canvas');
      ramp.width = 256;
      ramp.height = 1;
      const paint = ramp.getContext('2d');
      const gradient = paint.createLinearGradient(0, 0, 256, 0);
      [[0, '#f6e7b4'], [0.35, '#eeb35c'], [0.65, '#d9743a'], [1, '#94262b']].forEach((stop) => gradient.addColorStop(stop[0], stop[1]));
      paint.fillStyle = gradient;
      paint.fillRect(0, 0, 256, 1);
      const colours = paint.getImageData(0, 0, 256, 1).data;
      const image = context.getImageData(0, 0, size.x, size.y);
      for (let i = 3; i < image.data.length; i += 4) {
        const density = image.data[i];
        if (!density) continue;
        image.data[i - 3] = colours[density * 4];
        image.data[i - 2] = colours[density * 4 + 1];
        image.data[i - 1] = colours[density * 4 + 2];
        image.data[i] = Math.min(205, density * 1.5);
      }
      context.putImageData(image, 0, 0);
    },
  });
})();
