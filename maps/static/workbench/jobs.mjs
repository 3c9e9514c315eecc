// @ts-check
/** Long work: started, followed, stopped; it goes on when the tab is closed and is found again. */
import { button, count, el, fill, say, tell } from './page.mjs';
import { ask, follow } from './service.mjs';

/**
 * @param {string} path @param {unknown} body @param {string} name
 * @returns {Promise<any>} the job as it ended; null where it was refused
 */
export async function runJob(path, body, name) {
  try {
    return await followed(await ask(path, { method: 'POST', body }), name);
  } catch (error) {
    tell(/** @type {Error} */ (error).message, true);
    return null;
  }
}

/** @param {any} job @param {string} name */
async function followed(job, name) {
  const bar = /** @type {HTMLProgressElement} */ (el('progress', { max: 1, value: 0, 'aria-label': name }));
  const words = el('span', { text: name });
  const stop = button(say('停止', 'Stop'), async () => { await ask(`/jobs/${job.id}`, { method: 'DELETE' }); });
  const box = el('div', { id: 'job', class: 'row', style: 'padding: 0 14px' }, [words, stop, bar]);
  document.getElementById('job')?.remove();
  document.getElementById('said')?.after(box);
  const ended = await follow(job, (told) => {
    words.textContent = `${name}：${told.step} ${count(100 * told.fraction)}%`;
    bar.value = told.fraction;
  });
  box.remove();
  if (ended.state === 'done') tell(say(`${name}：完成`, `${name}: done`));
  else if (ended.state === 'cancelled') tell(say(`${name}：已停止，已发布的不变`, `${name}: stopped; what is published stays`), true);
  else tell(`${name}：${ended.failure}`, true);
  return ended;
}

/** Finds a job that was started before the tab was closed. @returns {Promise<void>} */
export async function findJob() {
  const jobs = await ask('/jobs');
  const running = jobs.find((/** @type {any} */ job) => !job.ended);
  const words = { publish: say('发布', 'Publishing'), restore: say('恢复发布', 'Publishing again'), run: say('计算', 'Computing'), full: say('完整计算', 'Full run'), measure: say('现状和缺口', 'Coverage and gaps'), committee: say('上会材料', 'Papers') };
  const cut = jobs.find((/** @type {any} */ job) => job.state === 'interrupted' && localStorage.getItem('yizhan-told') !== job.id);
  if (cut) sayCut(cut, /** @type {any} */ (words)[cut.kind] ?? cut.kind);
  if (running) void followed(running, /** @type {any} */ (words)[running.kind] ?? running.kind);
}

/** Says that work was cut off by a restart, and runs it again if wanted. @param {any} job @param {string} name */
function sayCut(job, name) {
  const box = el('div', { class: 'row', id: 'cut-off', style: 'padding: 0 14px' }, [
    el('span', { text: `${name}：${job.failure}` }),
    job.again ? button(say('再运行一次', 'Run it again'), () => { localStorage.setItem('yizhan-told', job.id); box.remove(); void runJob(job.again, job.body, name); }) : null,
    button(say('知道了', 'Dismiss'), () => { localStorage.setItem('yizhan-told', job.id); box.remove(); }),
  ]);
  document.getElementById('said')?.after(box);
}

export { fill };
