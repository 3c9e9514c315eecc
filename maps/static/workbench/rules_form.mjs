// @ts-check
/** The rules as a form. Names, units, limits, choices, defaults and help are the rule classes' own (`GET /rules`). */
import { button, el, say } from './page.mjs';
import { ask } from './service.mjs';

/**
 * @typedef {{zh: string, en: string}} Words
 * @typedef {object} Values
 * @property {'flag' | 'choice' | 'integer' | 'number' | 'date' | 'text' | 'list' | 'table' | 'other'} taken
 * @property {number | null} least
 * @property {boolean} above
 * @property {number | null} most
 * @property {(Words & {value: string})[]} choices
 * @property {Values | null} item
 * @property {Values | null} key
 *
 * @typedef {object} Field
 * @property {string} name
 * @property {Words} title
 * @property {Words | null} more
 * @property {(Words & {key: string}) | null} unit
 * @property {{unit: Words & {key: string}, factor: number} | null} shown
 * @property {Values} values
 * @property {any} default
 *
 * @typedef {{name: 'coverage' | 'siting' | 'improve', fields: Field[]}} Section
 * @typedef {{node: HTMLElement, value: () => any}} Asked - what a planner fills in, and what it comes to
 */

/** Asked first; everything else is a press away. */
const FIRST = ['siting.count', 'siting.budget_cny', 'coverage.limit_s', 'coverage.mode', 'siting.minimum_per_district', 'siting.group_weight', 'siting.phases'];
const REST = () => /** @type {[Section['name'], string][]} */ ([['siting', say('更多选址规则：资金、区市、依托单位…', 'More on sites: budgets, districts, hosts…')], ['coverage', say('怎样算覆盖：站点类型、设施、时段…', 'What counts as covered: kinds, amenities, week…')], ['improve', say('不只新建：各类措施', 'Not only building: actions of all kinds')]]);

/** @type {Promise<Section[]> | null} */
let sections = null;
/** The form drawn last: it stays, with what is filled in, until other rules hold. @type {{key: string, form: HTMLElement} | null} */
let drawn = null;
/** Which of its parts are open. @type {Set<string>} */
const opened = new Set();

/**
 * @param {any} about - the draft
 * @param {any} plan
 * @param {(change: any) => Promise<boolean>} take
 * @returns {HTMLElement} filled once the rules are told
 */
export function rulesForm(about, plan, take) {
  const { rules } = about;
  const key = JSON.stringify([about.id, rules.coverage, { ...rules.siting, pins: null }, rules.improve]);
  if (drawn?.key === key) return drawn.form;
  const form = el('form', { id: 'rules-form' }, [el('p', { class: 'soft', text: say('正在读取…', 'Reading…') })]);
  sections ??= ask('/rules');
  sections.then((told) => fillForm(form, told, rules, plan, take), (error) => {
    sections = null;
    drawn = null;
    form.replaceChildren(el('p', { class: 'minus', role: 'alert', text: error.message }));
  });
  drawn = { key, form };
  return form;
}

/** @param {HTMLElement} form @param {Section[]} told @param {any} rules @param {any} plan @param {(change: any) => Promise<boolean>} take */
function fillForm(form, told, rules, plan, take) {
  const places = (plan?.districts ?? []).map((/** @type {any} */ row) => ({ value: row.key, zh: row.name, en: row.name }));
  /** @type {Map<string, Asked>} */
  const asked = new Map();
  for (const section of told.filter((one) => one.name in rules && REST().some(([name]) => name === one.name))) {
    for (const field of section.fields.filter((one) => answerable(one.values))) {
      const id = `rule-${section.name === 'improve' ? 'improve-' : ''}${field.name}`;
      asked.set(`${section.name}.${field.name}`, row(field, id, rules[section.name][field.name], places));
    }
  }
  const nodes = (/** @type {string[]} */ names) => names.flatMap((name) => asked.get(name)?.node ?? []);
  const others = (/** @type {string} */ section) => [...asked.keys()].filter((name) => name.startsWith(`${section}.`) && !FIRST.includes(name));
  const send = /** @type {HTMLButtonElement} */ (el('button', { type: 'submit', class: 'primary', text: say('按这些规则求解', 'Solve by these rules') }));
  form.replaceChildren(
    ...nodes(FIRST),
    ...REST().map(([name, words]) => el('details', { id: `more-${name}`, open: opened.has(name), ontoggle: (/** @type {Event} */ event) => { if (/** @type {HTMLDetailsElement} */ (event.target).open) opened.add(name); else opened.delete(name); } }, [el('summary', { text: words }), ...nodes(others(name))])),
    el('div', { class: 'row' }, [send]),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send.disabled = true;
    void take({ kind: 'rules', ...filledIn(rules, asked) }).finally(() => { send.disabled = false; });
  });
}

/** @param {any} rules @param {Map<string, Asked>} asked */
function filledIn(rules, asked) {
  const said = { coverage: { ...rules.coverage }, siting: { ...rules.siting }, improve: { ...rules.improve } };
  for (const [name, one] of asked) {
    const [section, field] = name.split('.');
    /** @type {any} */ (said)[section][field] = one.value();
  }
  if (said.coverage.limit_m !== null) said.coverage.limit_s = null; // metres stand in place of minutes
  return said;
}

/** @param {Values} values @returns {boolean} whether a form can ask it */
function answerable(values) {
  if (values.taken === 'list') return values.item !== null && ['choice', 'integer', 'text'].includes(values.item.taken);
  if (values.taken === 'table') return values.item !== null && ['integer', 'number'].includes(values.item.taken);
  return values.taken !== 'other';
}

/** @param {Words} words */
const told = (words) => say(words.zh, words.en);

/** What a figure is read and written in, and how many of the rule's own units that is. @param {Field} field */
function shownIn(field) {
  if (field.shown) return { unit: told(field.shown.unit), factor: field.shown.factor };
  if (field.unit?.key === 'CNY') return { unit: say('万元', 'CNY'), factor: Number(say('10000', '1')) };
  return { unit: field.unit ? told(field.unit) : '', factor: 1 };
}

/** @param {Field} field @param {string} id @param {any} held @param {(Words & {value: string})[]} places @returns {Asked} */
function row(field, id, held, places) {
  const { unit, factor } = shownIn(field);
  const text = `${told(field.title)}${unit ? say(`（${unit}）`, ` (${unit})`) : ''}`;
  const help = field.more ? el('small', { id: `${id}-help`, text: told(field.more) }) : null;
  const about = { id, 'aria-describedby': help?.id };
  const { taken, item } = field.values;
  if (taken === 'list' && item?.taken === 'choice') return several(text, help, id, item.choices, held ?? []);
  if (taken === 'table' && item) return pairs(text, id, field.values, held ?? {}, factor, places);
  const [input, value] = single(field, about, held, factor);
  return { node: el('label', { class: 'field' }, [text, input, help]), value };
}

/**
 * @param {Field} field @param {Record<string, any>} about @param {any} held @param {number} factor
 * @returns {[HTMLElement, () => any]}
 */
function single(field, about, held, factor) {
  const { taken, choices } = field.values;
  if (taken === 'choice') {
    const select = /** @type {HTMLSelectElement} */ (el('select', about, choices.map((one) => el('option', { value: one.value, text: told(one), selected: one.value === held }))));
    return [select, () => select.value];
  }
  if (taken === 'flag') {
    const box = /** @type {HTMLInputElement} */ (el('input', { ...about, type: 'checkbox', checked: held }));
    return [box, () => box.checked];
  }
  if (taken === 'list') {
    const input = /** @type {HTMLInputElement} */ (el('input', { ...about, type: 'text', value: (held ?? []).join('、') }));
    const whole = field.values.item?.taken === 'integer';
    return [input, () => input.value.split(/[\s,，、;；]+/).filter(Boolean).map((one) => (whole ? Number(one) : one))];
  }
  if (taken === 'integer' || taken === 'number') {
    const input = numberInput(field.values, factor, { ...about, placeholder: shown(field.default, factor) }, held);
    return [input, () => (input.value === '' ? field.default : rounded(Number(input.value) * factor))];
  }
  const input = /** @type {HTMLInputElement} */ (el('input', { ...about, type: taken === 'date' ? 'date' : 'text', value: held ?? '' }));
  return [input, () => (input.value === '' ? field.default : input.value)];
}

/** @param {any} value @param {number} factor */
const shown = (value, factor) => (value === null || value === undefined ? '' : String(rounded(value / factor)));

/** @param {number} value */
const rounded = (value) => Number(value.toPrecision(12));

/** @param {Values} values @param {number} factor @param {Record<string, any>} about @param {any} held */
function numberInput(values, factor, about, held) {
  const limit = (/** @type {number | null} */ one) => (one === null ? null : one / factor);
  return /** @type {HTMLInputElement} */ (el('input', { type: 'number', step: values.taken === 'integer' ? 1 : 'any', min: limit(values.least), max: limit(values.most), value: shown(held, factor), ...about }));
}

/** @param {string} text @param {HTMLElement | null} help @param {string} id @param {(Words & {value: string})[]} choices @param {string[]} held @returns {Asked} */
function several(text, help, id, choices, held) {
  const boxes = choices.map((one) => /** @type {HTMLInputElement} */ (el('input', { type: 'checkbox', value: one.value, checked: held.includes(one.value) })));
  const node = el('fieldset', { class: 'field', id }, [el('legend', { text }), help, el('div', { class: 'choices' }, boxes.map((box, n) => el('label', {}, [box, told(choices[n])])))]);
  return { node, value: () => boxes.filter((box) => box.checked).map((box) => box.value) };
}

/**
 * Figures for some of several keys, one a line.
 * @param {string} text @param {string} id @param {Values} values @param {Record<string, number>} held
 * @param {number} factor @param {(Words & {value: string})[]} places @returns {Asked}
 */
function pairs(text, id, values, held, factor, places) {
  const item = /** @type {Values} */ (values.item);
  const known = values.key?.taken === 'choice' ? values.key.choices : places;
  const name = (/** @type {string} */ key) => { const one = known.find((other) => other.value === key); return one ? told(one) : key; };
  const names = el('datalist', { id: `${id}-names` }, known.map((one) => el('option', { value: told(one) })));
  /** @type {[HTMLInputElement, HTMLInputElement][]} */
  let lines = [];
  const place = el('div', {});
  const add = (/** @type {string} */ key, /** @type {number | null} */ figure) => {
    const what = /** @type {HTMLInputElement} */ (el('input', { type: 'text', list: names.id, value: key ? name(key) : '', required: true, 'aria-label': `${text}：${say('哪个', 'which')}` }));
    const much = numberInput(item, factor, { required: true, 'aria-label': `${text}：${say('多少', 'how many')}` }, figure);
    const line = el('div', { class: 'pair' }, [what, much, button('✕', () => { lines = lines.filter(([one]) => one !== what); line.remove(); }, { 'aria-label': say('去掉这一行', 'Remove this line') })]);
    lines.push([what, much]);
    place.append(line);
    return what;
  };
  for (const [key, figure] of Object.entries(held)) add(key, figure);
  const more = button(say('＋ 加一行', '＋ Add a line'), () => add('', null).focus(), { id: `${id}-add` });
  const value = () => Object.fromEntries(lines.map(([what, much]) => [known.find((one) => told(one) === what.value.trim())?.value ?? what.value.trim(), rounded(Number(much.value) * factor)]));
  return { node: el('fieldset', { class: 'field', id }, [el('legend', { text }), names, place, more]), value };
}
