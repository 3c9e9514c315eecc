// @ts-check
/** The docked card: what was chosen on the map or in a list, and what can be done with it. */
import { askWhy } from './ask_why.mjs';
import { button, byId, count, el, fill, money, say, showPart, signed, tell } from './page.mjs';
import { takeStep } from './draft.mjs';
import { editRow, rowButtons } from './rows.mjs';
import { ask } from './service.mjs';
import { collection, marked, pointOf } from './marks.mjs';
import { draft, planShown, show, view } from './state.mjs';
import { leaveMove, movePin } from './moving.mjs';
import { drawReach } from './reach.mjs';

/** @type {any} */
let shown = null;

/** Closes the card. @param {any} map */
export function closeCard(map) {
  leaveMove();
  shown = null;
  byId('card').hidden = true;
  for (const id of ['wb-reach', 'wb-story']) map.getSource(id)?.setData(collection([]));
  map.resize();
}

/** @param {any} map @param {Node[]} content @param {string} title */
function put(map, title, content) {
  leaveMove();
  map.getSource('wb-story')?.setData(collection([]));
  const card = byId('card');
  const was = card.hidden;
  card.hidden = false;
  fill(card, el('div', { class: 'row' }, [el('h2', { text: title, style: 'flex:1' }), button('✕', () => { closeCard(map); show({ site: '' }); }, { 'aria-label': say('关闭', 'Close'), id: 'card-close' })]), ...content);
  if (was) { map.resize(); showPart(card); }
}

/** @param {[string, any][]} rows */
function facts(rows) {
  return el('dl', { class: 'facts' }, rows.filter(([, value]) => value !== null && value !== undefined && value !== '').flatMap(([name, value]) => [el('dt', { text: name }), el('dd', { text: String(value) })]));
}

/** Shows a site of the plan, or a candidate left out. @param {any} map @param {string} id @param {any} [feature] */
export async function siteCard(map, id, feature) {
  const site = planShown()?.sites.find((/** @type {any} */ one) => one.id === id);
  shown = id;
  if (site) {
    chosenCard(map, site);
    void drawReach(map, { lng: site.lon, lat: site.lat });
  } else if (planShown()) await leftOutCard(map, id, feature);
  else if (feature) {
    put(map, feature.properties.name ?? id, [facts([[say('费用', 'Cost'), money(feature.properties.cost_cny)], [say('开放时间', 'Hours'), feature.properties.opening_hours]]), openFirst()]);
  }
}

function openFirst() { return el('p', { class: 'soft', text: say('打开一个草案后，可以锁定、禁选或移动它。', 'Open a draft to lock, forbid or move it.') }); }

/** @param {any} map @param {any} site */
function chosenCard(map, site) {
  const locked = site.pinned === 'locked';
  put(map, site.name, [
    el('p', {}, [el('span', { class: 'chip', text: locked ? say('已锁定', 'locked') : say('方案选中', 'in the plan') })]),
    el('p', { class: 'big', text: say(`+${count(site.workers_new)} 人`, `+${count(site.workers_new)} workers`) }),
    draft() ? actions(map, site, { locked, chosen: true }) : openFirst(),
    facts([
      [say('区市', 'District'), site.district], [say('依托', 'Host'), site.host], [say('费用', 'Cost'), money(site.cost_cny)],
      [say('每新增 1 人', 'Per worker'), site.cost_per_worker_cny === null ? null : `${count(site.cost_per_worker_cny)} ${say('元', 'CNY')}`],
      [say('去掉它', 'Without it'), say(`${count(site.workers_lost)} 人失去覆盖`, `${count(site.workers_lost)} lose cover`)],
      [say('开放时间', 'Hours'), site.opening_hours], [say('批次', 'Phase'), site.phase],
    ]),
    story(map, site),
  ]);
}

/** The stations nearest and who would take its place, each joined to the site. @param {any} map @param {any} site @param {any} told */
function drawStory(map, site, told) {
  const others = told.nearest_stations.map((/** @type {any} */ one) => ({ ...one, station: true }));
  if (told.runner_up_id !== null) others.push({ id: told.runner_up_id, name: told.runner_up_name, lon: told.runner_up_lon, lat: told.runner_up_lat, station: false });
  const way = (/** @type {any} */ one) => ({ type: 'Feature', geometry: { type: 'LineString', coordinates: [[site.lon, site.lat], [one.lon, one.lat]] }, properties: { station: one.station } });
  map.getSource('wb-story')?.setData(collection([...others.map(way), ...others.map((/** @type {any} */ one) => pointOf(one, { station: one.station }))]));
}

/** Whom it serves, the stations nearest, and who would take its place. @param {any} map @param {any} site */
function story(map, site) {
  const { id } = site;
  const place = el('div', { id: 'story' });
  ask(`/drafts/${draft()?.draft.id ?? 'published'}/sites/${encodeURIComponent(id)}`).then((told) => {
    if (shown !== id) return;
    drawStory(map, site, told);
    const change = told.runner_up_id === null ? null : say(`（覆盖 ${signed(told.runner_up_change)} 人）`, ` (${signed(told.runner_up_change)} workers)`);
    fill(
      place,
      el('h3', { text: say('范围内现在没有站的', 'In reach, without a station now') }),
      el('ul', {}, Object.entries(told.by_group).slice(0, 6).map(([name, workers]) => el('li', { text: say(`${name} ${count(workers)} 人`, `${name}: ${count(workers)}`) }))),
      el('h3', { text: say('谁能替补', 'Who would take its place') }),
      el('p', {}, told.runner_up_id === null ? [say('规则内没有可替补的候选点。', 'The rules allow nobody.')] : [button(told.runner_up_name, () => show({ site: told.runner_up_id }), { class: 'link', id: 'runner-up' }), change]),
      el('h3', { text: say('最近的现有站点', 'Nearest stations') }),
      el('ul', { id: 'near-stations' }, told.nearest_stations.map((/** @type {any} */ one) => el('li', { text: `${one.name} · ${count(one.way_m)} ${say('米', 'm')}` }))),
    );
  }, (error) => fill(place, el('p', { class: 'minus', text: error.message })));
  return place;
}

/** @param {any} map @param {string} id @param {any} feature */
async function leftOutCard(map, id, feature) {
  const about = feature?.properties ?? {};
  const forbidden = draft()?.draft.rules.siting.pins.forbidden.includes(id);
  put(map, about.name ?? id, [el('p', { text: say('正在算…', 'Working it out…') })]);
  try {
    const why = await ask(`/drafts/${draft()?.draft.id ?? 'published'}/why-not/${encodeURIComponent(id)}`);
    if (shown !== id) return;
    const at = feature?.geometry?.coordinates ?? [why.lon, why.lat];
    if (!feature && !map.getBounds().contains(at)) map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 12.5) });
    void drawReach(map, { lng: at[0], lat: at[1] });
    const swap = why.replaces_name ? say(`若顶替“${why.replaces_name}”：覆盖 ${signed(why.change)} 人`, `In place of ${why.replaces_name}: ${signed(why.change)} workers`) : say('规则内没有可顶替的站点', 'The rules allow no swap');
    put(map, why.name, [
      el('p', {}, [el('span', { class: 'chip', text: forbidden ? say('已禁选', 'forbidden') : say('没有选中', 'left out') })]),
      el('p', { class: 'big', text: say(`现在加上它：+${count(why.workers_new)} 人`, `Added now: +${count(why.workers_new)} workers`) }),
      draft() ? actions(map, { id, name: why.name, lon: at[0], lat: at[1] }, { locked: false, chosen: false, forbidden }) : openFirst(),
      el('h3', { text: say('为什么没选', 'Why not') }),
      el('ul', { id: 'why-not' }, [
        el('li', { text: say(`它周围无站覆盖的有 ${count(why.workers_within)} 人，其中 ${count(why.workers_within - why.workers_new)} 人方案已经覆盖`, `${count(why.workers_within)} uncovered workers in reach, of whom the plan covers ${count(why.workers_within - why.workers_new)} already`) }),
        el('li', { text: swap }),
        ...why.blocked.map((/** @type {string} */ rule) => el('li', { text: `${say('受限于：', 'Kept out by: ')}${rule}` })),
      ]),
      facts([[say('费用', 'Cost'), about.cost_cny === undefined ? null : money(about.cost_cny)], [say('开放时间', 'Hours'), about.opening_hours]]),
    ]);
  } catch (error) { tell(/** @type {Error} */ (error).message, true); }
}

/** @param {any} map @param {any} site @param {{locked: boolean, chosen: boolean, forbidden?: boolean}} how */
function actions(map, site, how) {
  const step = async (/** @type {any} */ change) => { if (await takeStep(change)) void siteCard(map, site.id, { properties: site, geometry: { coordinates: [site.lon, site.lat] } }); };
  const byHand = site.by_hand;
  return el('div', { class: 'row', id: 'site-actions' }, [
    how.locked ? button(say('取消锁定', 'Unlock'), () => step({ kind: 'free', site: site.id })) : button(say('锁定', 'Lock'), () => step({ kind: 'lock', site: site.id }), { class: 'primary' }),
    how.forbidden ? button(say('取消禁选', 'Allow'), () => step({ kind: 'free', site: site.id })) : button(say('禁选', 'Forbid'), () => step({ kind: 'forbid', site: site.id })),
    site.lon === undefined ? null : button(say('移动…', 'Move…'), () => movePin(map, site, (to) => step({ kind: 'move', site: site.id, to }))),
    byHand ? button(byHand === 'added' ? say('删去', 'Remove') : say('移回原处', 'Move back'), () => step({ kind: 'restore', site: site.id })) : null,
    byHand === 'added' ? null : button(say('改候选点…', 'Edit the candidate…'), () => { void editRow('candidates', site.id, null); }),
    site.lon === undefined ? null : button(say('飞到', 'Fly there'), () => map.flyTo({ center: [site.lon, site.lat], zoom: 14 })),
  ]);
}

const CAUSES = () => /** @type {Record<string, string>} */ ({ too_far: say('附近没有站点', 'no station near'), unreachable: say('走不到', 'cannot be reached'), closed_then: say('附近有站，但那时关门', 'a station is near but closed then'), lacks_amenity: say('缺少设施', 'amenities are lacking'), full: say('接待能力不足', 'stations are full') });

/** A gap's workers by group, the group looked at first. @param {Record<string, any>} p */
function gapGroups(p) {
  const found = (planShown()?.groups ?? []).map((/** @type {any} */ row) => ({ ...row, here: p[`workers_of_${row.key}`] ?? 0 })).filter((/** @type {any} */ row) => row.here > 0);
  found.sort((/** @type {any} */ a, /** @type {any} */ b) => Number(b.key === view.group) - Number(a.key === view.group) || b.here - a.here);
  return found.slice(0, 5).map((/** @type {any} */ row) => say(`${row.name} ${count(row.here)} 人`, `${row.name} ${count(row.here)}`)).join(say('，', ', '));
}

/** @param {any} map @param {any} feature */
export function gapCard(map, feature) {
  const p = feature.properties;
  shown = p.gap_id;
  put(map, say(`缺口 ${p.gap_id}`, `Gap ${p.gap_id}`), [
    el('p', { class: 'big', text: say(`${count(p.workers)} 人`, `${count(p.workers)} workers`) }),
    facts([[say('群体', 'Groups'), gapGroups(p)], [say('原因', 'Cause'), CAUSES()[p.cause] ?? p.cause], [say('时段', 'When'), p.hours], [say('每周未覆盖', 'A week'), say(`${count(p.worker_hours)} 人时`, `${count(p.worker_hours)} worker-hours`)], [say('最近站点', 'Nearest'), p.nearest_station_name ? `${p.nearest_station_name} · ${count(p.nearest_m)} ${say('米', 'm')}` : null]]),
  ]);
}

/** @param {any} map @param {any} feature */
export function stationCard(map, feature) {
  const p = feature.properties;
  shown = p.id;
  put(map, p.name, [facts([[say('地址', 'Address'), p.address], [say('开放时间', 'Hours'), p.opening_hours], [say('状态', 'Status'), p.status], [say('日接待能力', 'Room a day'), p.capacity]]), el('div', { class: 'row' }, [button(say('看服务范围', 'Show its reach'), () => drawReach(map, { lng: feature.geometry.coordinates[0], lat: feature.geometry.coordinates[1] }))]), rowButtons(map, feature.sourceLayer, p.id)]);
}

/** Shows what a row of a layer of plain marks says. @param {any} map @param {any} feature */
export function markCard(map, feature) {
  const layer = marked().find(({ key }) => key === feature.source);
  if (!layer) return;
  const p = feature.properties;
  shown = p.id ?? '';
  /** @param {import('./marks.mjs').Marked['columns'][number]} column @returns {any} */
  const said = ({ name, words }) => (p[name] === undefined || p[name] === null ? null : String(p[name]).split(';').map((key) => words[key.trim()] ?? key).join(say('、', ', ')));
  put(map, p.name ?? layer.text, [el('p', {}, [el('span', { class: 'chip', text: layer.text })]), facts(layer.columns.map((column) => [column.text, said(column)]))]);
}

/** Keeps the card with the draft when its plan changes. @param {any} map */
export function refreshCard(map) { if (shown && view.site === shown && planShown()) void siteCard(map, shown); }

export { askWhy };
