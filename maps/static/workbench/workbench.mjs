// @ts-check
/** The workbench put together: tabs, map, card, and what follows when the view changes. */
import { closeCard, gapCard, markCard, refreshCard, siteCard, stationCard } from './card.mjs';
import { comparePanel } from './compare.mjs';
import { addDemand, followDemand } from './demand.mjs';
import { draftPanel, goStep } from './draft.mjs';
import { filterRow, showDistrict } from './filters.mjs';
import { beginFiles, filesPanel } from './files.mjs';
import { makeGround } from './ground.mjs';
import { drawHours, hourStrip } from './hours.mjs';
import { findJob } from './jobs.mjs';
import { followGround, forgetGround } from './ground_reached.mjs';
import { legend, showOnce } from './legend.mjs';
import { addMarks, beginMarks, drawHour, drawPlan, drawnBy, filterMarks, marked } from './marks.mjs';
import { latencies_ms } from './moving.mjs';
import { button, byId, fill, isNarrow, say, speak, tell } from './page.mjs';
import { picked, pick, stopPicking } from './picking.mjs';
import { plansPanel, readDraft } from './plans.mjs';
import { whenRowsChange } from './rows.mjs';
import { clearRows } from './rows_shown.mjs';
import { makeSearch } from './search.mjs';
import { ask, begin } from './service.mjs';
import { draft, note, planShown, restore, show, usePublished, view, watch } from './state.mjs';
import { endSwipe } from './swipe.mjs';
import { addPin } from './tries.mjs';
import { beginWeek, weekShown } from './week.mjs';

const data = JSON.parse(byId('workbench-data').textContent ?? '{}');
speak(data.language);
begin(data);
beginWeek(data);
beginFiles(data);
beginMarks(data);
restore();
/** Where the link leads; the map moves of itself while it loads. */
const linked = view.at;
const map = /** @type {any} */ (makeGround(byId('map'), data));
Object.assign(window, { yizhanMap: map, yizhanLatencies: latencies_ms });

const TABS = [['plans', say('方案', 'Plans')], ['draft', say('草案', 'Draft')], ['compare', say('比较', 'Compare')], ['files', say('数据', 'Lists')]];

function drawTabs() {
  fill(byId('tabs'), ...TABS.map(([key, name]) => button(name, () => show({ tab: key }), { role: 'tab', id: `tab-${key}`, 'aria-selected': view.tab === key ? 'true' : 'false', 'aria-controls': 'panel' })));
  fill(byId('tools'), button(say('＋ 试点', '＋ Try'), () => pick(map, say('在地图上点一下，放一个试点；拖动它，数字跟着变。', 'Press the map to place a pin; drag it and the figures follow.'), (at) => addPin(map, at)), { id: 'try' }));
}

async function drawPanel() {
  const panel = byId('panel');
  panel.setAttribute('aria-labelledby', `tab-${view.tab}`);
  try {
    if (view.tab === 'plans') await plansPanel(panel);
    else if (view.tab === 'draft') draftPanel(panel);
    else if (view.tab === 'compare') await comparePanel(panel, map, data);
    else filesPanel(panel, map, () => { refreshTiles(); if (view.draft) void readDraft(view.draft); });
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
}

watch((changed) => {
  if (changed.has('tab')) { drawTabs(); clearRows(map); if (view.tab !== 'compare') { endSwipe(); note({ swipe: '' }); if (map.getSource('wb-plan')) drawPlan(map); } }
  if (changed.has('tab') || changed.has('other') || (changed.has('draft') && view.tab === 'compare') || changed.has('district') || changed.has('group')) void drawPanel();
  if (changed.has('plan')) {
    if (view.tab !== 'compare') drawPlan(map);
    if (view.tab === 'draft' || (view.tab === 'plans' && !draft())) void drawPanel();
    refreshCard(map);
  }
  const some = changed.has('district') || changed.has('group');
  if (changed.has('plan') || some) filterRow(byId('filters'));
  if (changed.has('plan') || changed.has('week') || some) hourStrip(byId('hours'));
  if (changed.has('district') && view.district) void showDistrict(map);
  if (some || changed.has('site')) filterMarks(map);
  if (some && view.tab !== 'compare') drawPlan(map);
  const when = changed.has('hour') || changed.has('week');
  if (when) void followHour();
  if (when || changed.has('plan')) void followGround(map);
  if (when || some || changed.has('plan')) followDemand(map, data.root);
  if ((changed.has('hour') && view.hour !== null) || (changed.has('group') && view.group)) showOnce('wb-demand');
  if (changed.has('site')) {
    followSite();
    const site = planShown()?.sites.find((/** @type {any} */ one) => one.id === view.site);
    if (site) map.easeTo({ center: [site.lon, site.lat], zoom: Math.max(map.getZoom(), 12.5) });
  }
});

/** Shows the card of the site or candidate looked at. */
function followSite() { if (view.site && planShown()) void siteCard(map, view.site); }

/** The hour and week that stations were last asked for; '' for none. */
let hourAsked = '';

/** Draws which stations are open at the hour looked at. */
async function followHour() {
  if (view.hour === null) { drawHour(map, null); return; }
  const now = `hour=${view.hour}${weekShown() === 'ordinary' ? '' : `&week=${weekShown()}`}`;
  if (hourAsked) { hourAsked = now; return; }
  hourAsked = now;
  const told = await ask(`/planning/open-stations?${now}`).catch((error) => { tell(error.message, true); return null; });
  const later = hourAsked;
  hourAsked = '';
  if (view.hour === null) return;
  drawHour(map, told);
  if (later !== now) void followHour();
}

/** Has the layers' tiles asked again: a layer has a new version. */
function refreshTiles() {
  for (const name of ['candidates', 'stations', 'yizhan', ...marked().map(({ key }) => key)]) {
    const source = map.getSource(name);
    if (source) source.setTiles(source.tiles.map((/** @type {string} */ address) => `${address.split('?')[0]}?v=${Date.now()}`));
  }
}

/** @param {any} event */
function pressed(event) {
  if (picked(map, event.lngLat)) return;
  const around = [[event.point.x - 5, event.point.y - 5], [event.point.x + 5, event.point.y + 5]];
  const layers = ['wb-plan', 'wb-went', 'wb-candidates', 'wb-stations', 'wb-yizhan', ...marked().flatMap(({ key }) => drawnBy(key)), 'wb-gap-streets', 'wb-gaps'].filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures(around, { layers });
  const order = (/** @type {any} */ one) => layers.indexOf(one.layer.id);
  const [first] = found.sort((/** @type {any} */ a, /** @type {any} */ b) => order(a) - order(b));
  if (!first) { closeCard(map); show({ site: '' }); return; }
  if (first.layer.id === 'wb-gaps' || first.layer.id === 'wb-gap-streets') gapCard(map, first);
  else if (first.layer.id === 'wb-stations' || first.layer.id === 'wb-yizhan') stationCard(map, first);
  else if (first.layer.id.startsWith('wb-marked-')) markCard(map, first);
  else { note({ site: first.properties.id }); filterMarks(map); void siteCard(map, first.properties.id, first); }
}

map.on('style.load', () => { forgetGround(); addMarks(map, data.root, data.layers); addDemand(map, data.root); legend(byId('legend'), map); if (view.hour !== null) void followHour(); });
map.on('click', pressed);
map.on('moveend', () => {
  const at = map.getCenter();
  show({ at: `${map.getZoom().toFixed(2)}/${at.lat.toFixed(5)}/${at.lng.toFixed(5)}` });
});
map.once('load', () => {
  const [zoom, lat, lon] = linked.split('/').map(Number);
  if (Number.isFinite(zoom) && Number.isFinite(lat) && Number.isFinite(lon)) map.jumpTo({ zoom, center: [lon, lat] });
  else {
    const [west, south, east, north] = map.getStyle().metadata?.['yizhan:bounds'] ?? [];
    if (Number.isFinite(north)) map.fitBounds([[west, south], [east, north]], { padding: 12, animate: false });
  }
  byId('map').dataset.ready = 'true';
});
window.addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (!typing && (event.ctrlKey || event.metaKey) && event.key === 'z') { event.preventDefault(); void goStep(event.shiftKey ? 'redo' : 'undo'); }
  if (!typing && event.key === '/') { event.preventDefault(); byId('search-text').focus(); }
  if (event.key === 'Enter' && event.target === map.getCanvas() && picked(map, map.getCenter())) event.preventDefault();
  if (event.key === 'Escape' && !document.querySelector('dialog') && !stopPicking(map)) closeCard(map);
});

whenRowsChange(async () => {
  refreshTiles();
  forgetGround();
  if (view.draft) await readDraft(view.draft);
  if (view.tab !== 'draft') await drawPanel();
});
makeSearch(map);
/** @type {HTMLDetailsElement} */ (byId('key')).open = !isNarrow();
window.matchMedia('(max-width: 819px)').addEventListener('change', () => { /** @type {HTMLDetailsElement} */ (byId('key')).open = !isNarrow(); });
drawTabs();
drawHours(byId('hours'));
if (view.draft && view.tab !== 'compare') void readDraft(view.draft).then(() => { if (view.tab !== 'draft') void drawPanel(); followSite(); });
else void drawPanel();
void findJob();
const noPlan = () => { if (!view.draft) hourStrip(byId('hours')); };
if (data.published) ask('/drafts/published').then((plan) => { usePublished(plan); if (!view.draft) followSite(); }, noPlan); // the list of plans says why there is none
else noPlan();
