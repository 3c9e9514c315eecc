// @ts-check
/** Who does it and why: asked in one small dialogue, the name once a device. */
import { button, el, say, stated } from './page.mjs';
import { iAm, who } from './state.mjs';

/**
 * @param {string} title
 * @param {{why?: boolean, name?: string, cost?: boolean, confirm?: string}} [options] - `name` asks for a name of the thing too, `cost` for what it costs
 * @returns {Promise<{who: string, why: string, name: string, cost_cny: number | null} | null>} null when it was cancelled
 */
export function askWhy(title, options = {}) {
  return new Promise((done) => {
    const name = /** @type {HTMLInputElement} */ (el('input', { id: 'ask-name', value: options.name ?? '', maxlength: stated.name, required: options.name !== undefined }));
    const cost = /** @type {HTMLInputElement} */ (el('input', { id: 'ask-cost', type: 'number', min: 0, step: 'any' }));
    const me = /** @type {HTMLInputElement} */ (el('input', { id: 'ask-who', value: who(), maxlength: stated.who, required: true, autocomplete: 'name' }));
    const why = /** @type {HTMLInputElement} */ (el('input', { id: 'ask-why', maxlength: stated.why }));
    const form = el('form', { method: 'dialog' }, [
      el('h2', { text: title }),
      options.name !== undefined && el('label', { for: 'ask-name', text: say('名称', 'Name') }), options.name !== undefined && name,
      options.cost && el('label', { for: 'ask-cost', text: say('费用（元，可不填；不填则方案总费用未知）', 'Cost in CNY (without it the plan’s cost is unknown)') }), options.cost && cost,
      el('label', { for: 'ask-who', text: say('您的姓名（记入历史，本机只问一次）', 'Your name (kept in the history)') }), me,
      options.why !== false && el('label', { for: 'ask-why', text: say('理由（可不填）', 'Why (may be left out)') }), options.why !== false && why,
      el('div', { class: 'row' }, [
        el('button', { type: 'submit', class: 'primary', text: options.confirm ?? say('确定', 'OK') }),
        button(say('取消', 'Cancel'), () => end(null)),
      ]),
    ]);
    const dialog = /** @type {HTMLDialogElement} */ (el('dialog', { 'aria-label': title }, [form]));
    /** @param {{who: string, why: string, name: string, cost_cny: number | null} | null} answer */
    function end(answer) { dialog.remove(); done(answer); }
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!me.value.trim()) return;
      iAm(me.value.trim());
      end({ who: me.value.trim(), why: why.value.trim(), name: name.value.trim(), cost_cny: cost.value === '' ? null : Number(cost.value) });
    });
    dialog.addEventListener('cancel', () => end(null));
    document.body.append(dialog);
    dialog.showModal();
    (options.name !== undefined ? name : who() ? why : me).focus();
  });
}
