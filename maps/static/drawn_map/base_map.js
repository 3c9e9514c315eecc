/* The ground under every map: sea, land, borders and streets, drawn on canvas from packed data.
   Packed geometry is [x0, y0, dx, dy, ...] in 1e-5 degrees; here it becomes world pixels of zoom 0. */
(function () {
  'use strict';
  const yizhan = (window.yizhan = window.yizhan || {});
  const WORLD = 256;
  const INDEX_ZOOM = 10;
  const NAME_FONT = '11px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';

  yizhan.data = function (id) {
    return JSON.parse(document.getElementById(id).textContent);
  };

  yizhan.project = function (lon, lat) {
    const s = Math.sin((lat * Math.PI) / 180);
    return [((lon + 180) / 360) * WORLD, (0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI)) * WORLD];
  };

  yizhan.unpackLatLngs = function (packed) {
    const out = [];
    let x = 0;
    let y = 0;
    for (let i = 0; i < packed.length; i += 2) {
      x += packed[i];
      y += packed[i + 1];
      out.push([y / 1e5, x / 1e5]);
    }
    return out;
  };

  function unpack(packed) {
    const points = new Float64Array(packed.length);
    let x = 0;
    let y = 0;
    let box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < packed.length; i += 2) {
      x += packed[i];
      y += packed[i + 1];
      const p = yizhan.project(x / 1e5, y / 1e5);
      points[i] = p[0];
      points[i + 1] = p[1];
      box = [Math.min(box[0], p[0]), Math.min(box[1], p[1]), Math.max(box[2], p[0]), Math.max(box[3], p[1])];
    }
    return { points: points, box: box };
  }

  /* width in CSS pixels at zoom 10, 13, 16, 18; the zoom from which a rank is drawn and named */
  const STYLES = [
    { from: 7, named: 13, widths: [1.8, 3.4, 9, 14], tone: 'motorway' },
    { from: 8, named: 13, widths: [1.5, 3, 8.5, 13], tone: 'trunk' },
    { from: 9, named: 13, widths: [1, 2.6, 8, 12], tone: 'main' },
    { from: 10.5, named: 14, widths: [0.6, 1.8, 6.5, 10], tone: 'main' },
    { from: 12, named: 15, widths: [0.4, 1.2, 5, 8], tone: 'minor' },
    { from: 13, named: 16, widths: [0.3, 0.9, 4, 7], tone: 'minor' },
    { from: 13.5, named: 16, widths: [0.3, 0.8, 3.5, 6], tone: 'minor' },
    { from: 9, named: 13, widths: [0.8, 1.2, 1.6, 2], tone: 'ferry' },
  ];
  const STOPS = [10, 13, 16, 18];

  function widthAt(style, zoom) {
    if (zoom <= STOPS[0]) return style.widths[0] * Math.pow(2, (zoom - STOPS[0]) * 0.35);
    for (let i = 1; i < STOPS.length; i += 1) {
      if (zoom <= STOPS[i]) {
        const t = (zoom - STOPS[i - 1]) / (STOPS[i] - STOPS[i - 1]);
        return style.widths[i - 1] + t * (style.widths[i] - style.widths[i - 1]);
      }
    }
    return style.widths[STOPS.length - 1];
  }

  function overlaps(a, b) {
    return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
  }

  function trace(context, points, scale, originX, originY) {
    context.moveTo(points[0] * scale - originX, points[1] * scale - originY);
    for (let i = 2; i < points.length; i += 2) {
      context.lineTo(points[i] * scale - originX, points[i + 1] * scale - originY);
    }
  }

  yizhan.BaseMap = L.GridLayer.extend({
    options: { tileSize: 512, pane: 'tilePane', updateWhenZooming: false, keepBuffer: 2 },

    initialize: function (base, options) {
      L.setOptions(this, options);
      this._districts = base.districts.map(function (district) {
        return {
          name: district.name,
          label: yizhan.project(district.label[0], district.label[1]),
          rings: district.rings.map(unpack),
        };
      });
      this._lines = [];
      base.streets.forEach(function (street) {
        street.lines.forEach(function (packed) {
          const line = unpack(packed);
          line.rank = street.rank;
          line.name = street.name;
          this._lines.push(line);
        }, this);
      }, this);
      this._ground = { land: [], built: [], green: [], water: [], waterway: [], rail: [] };
      (base.ground || []).forEach(function (item) {
        const parts = item.shape.map(unpack);
        const box = parts.reduce((all, part) => [Math.min(all[0], part.box[0]), Math.min(all[1], part.box[1]),
          Math.max(all[2], part.box[2]), Math.max(all[3], part.box[3])], [Infinity, Infinity, -Infinity, -Infinity]);
        this._ground[item.theme].push({ parts: parts, box: box, from: item.from + 1 }); /* its zooms are of larger tiles */
      }, this);
      this._index();
      this._labels = {};
    },

    onAdd: function (map) {
      this._readPalette(map.getContainer());
      const scheme = window.matchMedia('(prefers-color-scheme: dark)');
      scheme.addEventListener('change', () => {
        this._readPalette(map.getContainer());
        this.redraw();
      });
      return L.GridLayer.prototype.onAdd.call(this, map);
    },

    _readPalette: function (element) {
      const css = getComputedStyle(element);
      const read = (name) => css.getPropertyValue('--map-' + name).trim();
      this._palette = {};
      ['sea', 'land', 'border', 'motorway', 'trunk', 'main', 'minor', 'casing', 'ferry', 'label', 'halo', 'place', 'coast',
        'green', 'built', 'rail'].forEach(
        (name) => { this._palette[name] = read(name); },
      );
    },

    /* Lines by cell of the zoom-10 grid: a tile looks at its own cells, not at the whole city. */
    _index: function () {
      const scale = Math.pow(2, INDEX_ZOOM) / WORLD;
      this._cells = new Map();
      this._lines.forEach((line, number) => {
        for (let x = Math.floor(line.box[0] * scale); x <= Math.floor(line.box[2] * scale); x += 1) {
          for (let y = Math.floor(line.box[1] * scale); y <= Math.floor(line.box[3] * scale); y += 1) {
            const key = x * 4096 + y;
            if (!this._cells.has(key)) this._cells.set(key, []);
            this._cells.get(key).push(number);
          }
        }
      });
    },

    _linesIn: function (box) {
      const scale = Math.pow(2, INDEX_ZOOM) / WORLD;
      const found = new Set();
      for (let x = Math.floor(box[0] * scale); x <= Math.floor(box[2] * scale); x += 1) {
        for (let y = Math.floor(box[1] * scale); y <= Math.floor(box[3] * scale); y += 1) {
          (this._cells.get(x * 4096 + y) || []).forEach((number) => {
            if (overlaps(this._lines[number].box, box)) found.add(number);
          });
        }
      }
      return Array.from(found, (number) => this._lines[number]);
    },

    createTile: function (coords) {
      const size = this.getTileSize();
      const tile = document.createElement('canvas');
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      tile.width = size.x * ratio;
      tile.height = size.y * ratio;
      const context = tile.getContext('2d');
      context.scale(ratio, ratio);
      const scale = Math.pow(2, coords.z);
      const originX = coords.x * size.x;
      const originY = coords.y * size.y;
      const margin = 24 / scale;
      const box = [originX / scale - margin, originY / scale - margin,
        (originX + size.x) / scale + margin, (originY + size.y) / scale + margin];
      this._drawLand(context, box, scale, originX, originY);
      this._drawAreas(context, box, coords.z, scale, originX, originY);
      this._drawStreets(context, this._linesIn(box), coords.z, scale, originX, originY);
      this._drawRails(context, box, coords.z, scale, originX, originY);
      this._drawBorders(context, box, coords.z, scale, originX, originY);
      this._drawStreetNames(context, coords.z, originX, originY);
      return tile;
    },

    _ringsIn: function (box) {
      const rings = [];
      this._districts.forEach((district) => district.rings.forEach((ring) => {
        if (overlaps(ring.box, box)) rings.push(ring);
      }));
      return rings;
    },

    _shownOf: function (theme, box, zoom) {
      return this._ground[theme].filter((item) => item.from <= zoom && overlaps(item.box, box));
    },

    _drawAreas: function (context, box, zoom, scale, originX, originY) {
      [['built', 'built'], ['green', 'green'], ['water', 'sea']].forEach((pair) => {
        context.fillStyle = this._palette[pair[1]];
        this._shownOf(pair[0], box, zoom).forEach((item) => {
          context.beginPath();
          item.parts.forEach((ring) => { trace(context, ring.points, scale, originX, originY); context.closePath(); });
          context.fill('evenodd');
        });
      });
      this._strokeAll(context, this._shownOf('waterway', box, zoom), this._palette.sea, zoom < 14 ? 1 : 2, scale, originX, originY);
    },

    _drawRails: function (context, box, zoom, scale, originX, originY) {
      this._strokeAll(context, this._shownOf('rail', box, zoom), this._palette.rail, zoom < 13 ? 0.8 : 1.6, scale, originX, originY);
    },

    _strokeAll: function (context, items, stroke, width, scale, originX, originY) {
      context.beginPath();
      items.forEach((item) => item.parts.forEach((line) => trace(context, line.points, scale, originX, originY)));
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.stroke();
    },

    _drawLand: function (context, box, scale, originX, originY) {
      if (this._ground.land.length) {
        context.fillStyle = this._palette.land;
        this._ground.land.forEach((item) => {
          context.beginPath();
          item.parts.forEach((ring) => {
            if (!overlaps(ring.box, box)) return;
            trace(context, ring.points, scale, originX, originY);
            context.closePath();
          });
          context.fill('evenodd');
        });
        return;
      }
      if (!this._districts.length) { /* where land ends is unknown: all is land */
        context.fillStyle = this._palette.land;
        context.fillRect(0, 0, this.getTileSize().x, this.getTileSize().y);
      }
      this._districts.forEach((district) => {
        context.beginPath();
        district.rings.forEach((ring) => {
          if (!overlaps(ring.box, box)) return;
          trace(context, ring.points, scale, originX, originY);
          context.closePath();
        });
        context.fillStyle = this._palette.land;
        context.strokeStyle = this._palette.land;
        context.lineWidth = 0.8; /* closes hairlines between neighbours */
        context.fill('evenodd');
        context.stroke();
      });
    },

    _drawBorders: function (context, box, zoom, scale, originX, originY) {
      context.beginPath();
      this._ringsIn(box).forEach((ring) => {
        trace(context, ring.points, scale, originX, originY);
        context.closePath();
      });
      context.strokeStyle = this._palette.border;
      context.lineWidth = zoom < 11 ? 0.9 : 1.3;
      context.setLineDash(zoom < 11 ? [] : [7, 3, 2, 3]);
      context.stroke();
      context.setLineDash([]);
    },

    _drawStreets: function (context, lines, zoom, scale, originX, originY) {
      context.lineJoin = 'round';
      context.lineCap = 'round';
      const ranks = STYLES.map(() => []);
      lines.forEach((line) => { if (zoom >= STYLES[line.rank].from) ranks[line.rank].push(line); });
      const pass = (rank, stroke, extra) => {
        if (!ranks[rank].length) return;
        context.beginPath();
        ranks[rank].forEach((line) => trace(context, line.points, scale, originX, originY));
        context.strokeStyle = stroke;
        context.lineWidth = widthAt(STYLES[rank], zoom) + extra;
        context.stroke();
      };
      for (let rank = 6; rank >= 0; rank -= 1) {
        if (zoom >= 11.5 && widthAt(STYLES[rank], zoom) > 1.4) pass(rank, this._palette.casing, 1.6);
      }
      for (let rank = 6; rank >= 0; rank -= 1) {
        /* white on paper is lost without a casing: from afar streets are drawn in the casing's tone */
        const tone = zoom < 11.5 && STYLES[rank].tone !== 'motorway' && STYLES[rank].tone !== 'trunk' ? 'casing' : STYLES[rank].tone;
        pass(rank, this._palette[tone], 0);
      }
      context.setLineDash([5, 5]);
      pass(7, this._palette.ferry, 0);
      context.setLineDash([]);
    },

    /* Names are laid out once for a whole zoom level, so that tiles agree where each one stands. */
    _layout: function (zoom) {
      const key = String(zoom);
      if (this._labels[key]) return this._labels[key];
      const scale = Math.pow(2, zoom);
      const taken = new Map();
      const labels = [];
      const place = (x, y, halfWidth, halfHeight) => {
        const cells = [];
        for (let i = Math.floor((x - halfWidth) / 64); i <= Math.floor((x + halfWidth) / 64); i += 1) {
          for (let j = Math.floor((y - halfHeight) / 64); j <= Math.floor((y + halfHeight) / 64); j += 1) cells.push(i + ':' + j);
        }
        const free = cells.every((cell) => (taken.get(cell) || []).every((other) =>
          Math.abs(other[0] - x) > other[2] + halfWidth || Math.abs(other[1] - y) > other[3] + halfHeight));
        if (free) cells.forEach((cell) => taken.set(cell, (taken.get(cell) || []).concat([[x, y, halfWidth, halfHeight]])));
        return free;
      };
      if (zoom >= 13) this._layoutStreets(scale, zoom, place, labels);
      this._labels[key] = labels;
      return labels;
    },

    _layoutStreets: function (scale, zoom, place, labels) {
      this._lines.forEach((line) => {
        if (line.name.length < 2 || zoom < STYLES[line.rank].named) return;
        const need = (this._textWidth(line.name) + 14) / scale;
        let travelled = 0;
        for (let i = 2; i < line.points.length; i += 2) {
          const dx = line.points[i] - line.points[i - 2];
          const dy = line.points[i + 1] - line.points[i - 1];
          const length = Math.hypot(dx, dy);
          travelled += length;
          if (travelled < 0 || (length < need * 0.55 && travelled < need)) continue;
          if (line.box[2] - line.box[0] + line.box[3] - line.box[1] < need) break;
          const x = ((line.points[i] + line.points[i - 2]) / 2) * scale;
          const y = ((line.points[i + 1] + line.points[i - 1]) / 2) * scale;
          let turn = Math.atan2(dy, dx);
          if (turn > Math.PI / 2) turn -= Math.PI;
          if (turn < -Math.PI / 2) turn += Math.PI;
          const half = (need * scale) / 2;
          if (place(x, y, Math.abs(half * Math.cos(turn)) + 30, Math.abs(half * Math.sin(turn)) + 30)) {
            labels.push({ x: x, y: y, half: half, text: line.name, turn: turn });
          }
          travelled = -700 / scale; /* the next one a screen further on */
        }
      });
    },

    _textWidth: function (text) {
      this._ruler = this._ruler || document.createElement('canvas').getContext('2d');
      this._ruler.font = NAME_FONT;
      return this._ruler.measureText(text).width;
    },

    _drawStreetNames: function (context, zoom, originX, originY) {
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.lineJoin = 'round';
      this._layout(zoom).forEach((label) => {
        const x = label.x - originX;
        const y = label.y - originY;
        const size = this.getTileSize();
        if (x < -label.half || y < -label.half - 20 || x > size.x + label.half || y > size.y + label.half + 20) return;
        context.save();
        context.translate(x, y);
        context.rotate(label.turn);
        context.font = NAME_FONT;
        context.strokeStyle = this._palette.halo;
        context.lineWidth = 3.5;
        context.strokeText(label.text, 0, 0);
        context.fillStyle = this._palette.label;
        context.fillText(label.text, 0, 0);
        context.restore();
      });
    },
  });

  /* The one way an element gets onto a map: its middle on the coordinate, whatever its size (map.css). */
  yizhan.place = function (latlng, body, options) {
    const icon = L.divIcon({ html: body, className: 'map-mark', iconSize: [26, 26], popupAnchor: [0, -10] });
    return L.marker(latlng, Object.assign({ icon: icon }, options));
  };

  /* District names stand above what the map shows; at zooms where two would touch, one gives way. */
  function nameDistricts(map, districts) {
    const pane = map.getPane('places');
    pane.style.zIndex = 440;
    pane.style.pointerEvents = 'none';
    const names = districts.map((district) => yizhan.place(
      [district.label[1], district.label[0]], yizhan.element('span', { class: 'map-place', text: district.name }),
      { pane: 'places', interactive: false, keyboard: false },
    ).addTo(map));
    const settle = () => {
      const taken = [];
      names.forEach((name, i) => {
        const at = map.latLngToLayerPoint(name.getLatLng());
        const half = districts[i].name.length * 8 + 4;
        const free = map.getZoom() < 14.5 && taken.every((other) => Math.abs(other.x - at.x) > other.half + half || Math.abs(other.y - at.y) > 24);
        if (free) taken.push({ x: at.x, y: at.y, half: half });
        name.getElement().style.display = free ? '' : 'none';
      });
    };
    map.on('zoomend', settle);
    settle();
  }

  /* Adds the ground, scale and attribution every map has; the operator's tiles hide our streets. */
  yizhan.ground = function (map, base, words) {
    let tiled = false;
    map.createPane('places');
    map.eachLayer((layer) => { if (layer instanceof L.TileLayer) tiled = true; });
    if (!tiled) new yizhan.BaseMap(base).addTo(map);
    const credits = L.control.attribution({ prefix: false }).addAttribution(yizhan.escape(words.attribution)).addTo(map);
    if (base.credit) credits.addAttribution(yizhan.escape(base.credit));
    L.control.scale({ imperial: false, position: 'bottomleft' }).addTo(map);
    L.control.zoom({ position: 'bottomright', zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    const box = base.bounds;
    yizhan.home = L.latLngBounds([[box[1], box[0]], [box[3], box[2]]]);
    map.fitBounds(yizhan.home, { padding: [8, 8], animate: false });
    if (!tiled) nameDistricts(map, base.districts);
  };

  /* A figure as people read it; adding 0 because a loss of nothing must not read "-0". */
  yizhan.number = function (value) {
    return value === null || value === undefined ? '—' : (Math.round(value) + 0).toLocaleString('en-US');
  };

  yizhan.escape = function (text) {
    const element = document.createElement('span');
    element.textContent = String(text);
    return element.innerHTML;
  };

  /* Builds an element; text never passes through HTML. */
  yizhan.element = function (tag, options, children) {
    const element = document.createElement(tag);
    Object.entries(options || {}).forEach(([key, value]) => {
      if (value === null || value === undefined) return;
      if (key === 'text') element.textContent = value;
      else if (key === 'class') element.className = value;
      else if (key === 'style') element.style.cssText = value;
      else element.setAttribute(key, value);
    });
    (children || []).forEach((child) => { if (child) element.appendChild(child); });
    return element;
  };
})();
