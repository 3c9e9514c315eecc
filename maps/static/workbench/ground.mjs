// @ts-check
/** The map that everything of the workbench stands on: our base map, light or dark, no other host. */
import * as maplibre from 'maplibre-gl';

const DARK = window.matchMedia('(prefers-color-scheme: dark)');

/** Words of the map's own controls. */
const WORDS = {
  zh: {
    'AttributionControl.ToggleAttribution': '数据来源',
    'Map.Title': '地图',
    'NavigationControl.ZoomIn': '放大',
    'NavigationControl.ZoomOut': '缩小',
    'NavigationControl.ResetBearing': '指北',
    'ScaleControl.Meters': '米',
    'ScaleControl.Kilometers': '公里',
  },
  en: {},
};

/**
 * Makes the map in `container` and keeps its colours with the reader's light or dark.
 *
 * @param {HTMLElement} container - filled by the map
 * @param {{style: string, language: 'zh' | 'en'}} settings - address of the base map's style
 * @returns {maplibre.Map}
 */
export function makeGround(container, settings) {
  /** @returns {string} */
  const style = () => new URL(
    `${settings.style}?theme=${DARK.matches ? 'dark' : 'light'}&lang=${settings.language}`, location.href,
  ).href;
  const map = new maplibre.Map({
    container,
    style: style(),
    attributionControl: { compact: false },
    locale: WORDS[settings.language],
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 19,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'bottom-right');
  map.addControl(new maplibre.ScaleControl({ unit: 'metric' }), 'bottom-left');
  DARK.addEventListener('change', () => map.setStyle(style()));
  return map;
}
