// @ts-check
/** The rules as a form; limits and choices come from the rule classes of the service. */
import { button, el, say } from './page.mjs';

/** @type {Record<string, any>} */
let schemas = {};

/** @param {Record<string, any>} told - JSON schemas of the rule classes, by name */
export function useSchemas(told) { schemas = told; }

/**
 * @typedef {object} Field
 * @property {'coverage' | 'siting'} part
 * @property {string} name
 * @property {string} label
 * @property {string} [unit]
 * @property {number} [scale] - what is shown times this is what the rule holds
 * @property {boolean} [empty] - may be left empty
 */

/** @returns {Field[]} */
function fields() {
  return [
    { part: 'siting', name: 'count', label: say('站点数最多', 'Sites at most') },
    { part: 'siting', name: 'budget_cny', label: say('经费最多', 'Money at most'), unit: say('万元', 'CNY 10,000'), scale: 10000, empty: true },
    { part: 'siting', name: 'city_cny', label: say('其中市级经费最多', 'Of it the city’s'), unit: say('万元', 'CNY 10,000'), scale: 10000, empty: true },
    { part: 'coverage', name: 'limit_s', label: say('多少分钟内算覆盖', 'Covered within'), unit: say('分钟', 'min'), scale: 60 },
    { part: 'siting', name: 'minimum_per_district', label: say('每个区市至少', 'At least in each district') },
    { part: 'siting', name: 'spacing_m', label: say('新站间距至少', 'Between new sites'), unit: say('米', 'm') },
    { part: 'siting', name: 'under_service', label: say('向覆盖差的群体和区市倾斜', 'Favour the under-served') },
  ];
}

/**
 * @param {any} rules @param {any} plan
 * @param {(change: any) => Promise<boolean>} take
 */
export function rulesForm(rules, plan, take) {
  /** @type {[Field, HTMLInputElement][]} */
  const inputs = fields().map((field) => {
    const told = rules[field.part][field.name];
    const limits = limitsOf(field);
    const input = /** @type {HTMLInputElement} */ (el('input', { type: 'number', step: 'any', id: `rule-${field.name}`, min: limits.min, max: limits.max, value: told === null || told === undefined ? '' : told / (field.scale ?? 1), required: !field.empty }));
    return [field, input];
  });
  const mode = choice('mode', say('怎么走', 'By'), rules.coverage.mode, [['walk', say('步行', 'On foot')], ['ebike', say('电动车', 'E-bike')], ['drive', say('开车', 'Driving')]]);
  const model = choice('model', say('追求', 'Seek'), rules.siting.model, [['mclp', say('覆盖人数最多', 'most workers covered')], ['lscp', say('最少站点覆盖全部', 'fewest sites for all')], ['partial', say('最少站点达到目标', 'fewest for a target')], ['p_median', say('平均路程最短', 'shortest ways')]].filter(([key]) => known('ModelKind').includes(key) || key === rules.siting.model));
  const favoured = choice('favour', say('优先群体（加倍）', 'Favour (twice)'), Object.keys(rules.siting.group_weight)[0] ?? '', [['', say('不偏向', 'none')], ...(plan?.groups ?? []).map((/** @type {any} */ row) => [row.key, row.name])]);
  const form = el('form', { id: 'rules-form' }, [
    ...inputs.map(([field, input]) => el('label', { class: 'field' }, [`${field.label}${field.unit ? `（${field.unit}）` : ''}`, input])),
    mode.label, model.label, favoured.label,
    el('div', { class: 'row' }, [el('button', { type: 'submit', class: 'primary', text: say('按这些规则求解', 'Solve by these rules') })]),
  ]);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const asked = { coverage: { ...rules.coverage, mode: mode.value() }, siting: { ...rules.siting, model: model.value(), group_weight: favoured.value() ? { [favoured.value()]: 2 } : {} } };
    for (const [field, input] of inputs) {
      /** @type {any} */ (asked)[field.part][field.name] = input.value === '' ? null : Number(input.value) * (field.scale ?? 1);
    }
    const send = /** @type {HTMLButtonElement} */ (form.querySelector('[type=submit]'));
    send.disabled = true;
    void take({ kind: 'rules', coverage: asked.coverage, siting: asked.siting }).finally(() => { send.disabled = false; });
  });
  return form;
}

/** @param {string} id @param {string} text @param {string} held @param {string[][]} options */
function choice(id, text, held, options) {
  const select = /** @type {HTMLSelectElement} */ (el('select', { id: `rule-${id}` }, options.map(([key, word]) => el('option', { value: key, text: word, selected: key === held }))));
  return { label: el('label', { class: 'field' }, [text, select]), value: () => select.value };
}

/** @param {string} name @returns {string[]} */
function known(name) { return schemas.siting?.$defs?.[name]?.enum ?? []; }

/** @param {Field} field @returns {{min: number | null, max: number | null}} */
function limitsOf(field) {
  const told = schemas[field.part]?.properties?.[field.name] ?? {};
  const all = [told, ...(told.anyOf ?? [])];
  const found = (/** @type {string} */ key) => all.map((one) => one[key]).find((value) => value !== undefined);
  const low = found('minimum') ?? found('exclusiveMinimum');
  const high = found('maximum');
  const scale = field.scale ?? 1;
  return { min: low === undefined ? null : low / scale, max: high === undefined ? null : high / scale };
}

export { button };
