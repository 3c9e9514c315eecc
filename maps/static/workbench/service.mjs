// @ts-check
/** Questions to the service; every refusal comes back as one sentence a planner can act on. */

/** A refusal of the service. */
export class Refused extends Error {
  /** @param {number} status @param {string} text */
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** @type {{root: string, language: 'zh' | 'en'}} */
const settings = { root: '', language: 'zh' };

/** @param {{root: string, language: 'zh' | 'en'}} told */
export function begin(told) { Object.assign(settings, told); }

/**
 * @param {string} path - below the service's root
 * @param {{method?: string, body?: unknown, signal?: AbortSignal}} [options]
 * @returns {Promise<any>} the answer; null where there is none
 */
export async function ask(path, options = {}) {
  const form = options.body instanceof FormData;
  const join = path.includes('?') ? '&' : '?';
  /** @type {Response} */
  let reply;
  try {
    reply = await fetch(`${settings.root}${path}${join}lang=${settings.language}`, {
      method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
      credentials: 'same-origin',
      signal: options.signal,
      headers: { Accept: 'application/json', ...(form || options.body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: form ? /** @type {FormData} */ (options.body) : options.body === undefined ? undefined : JSON.stringify(options.body),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(0, settings.language === 'en' ? 'The service does not answer; check the network.' : '连不上服务，请检查网络后重试。');
  }
  if (reply.status === 204) return null;
  const told = await reply.json();
  if (!reply.ok) throw new Refused(reply.status, told.detail ?? reply.statusText);
  return told;
}

/**
 * Follows a job until it ends.
 * @param {{href: string, id: string}} job
 * @param {(told: any) => void} watch - told how far it is
 * @param {number} pause_ms - between two questions
 * @returns {Promise<any>} the job as it ended
 */
export async function follow(job, watch, pause_ms = 700) {
  for (;;) {
    const told = await ask(`/jobs/${job.id}`);
    watch(told);
    if (told.ended) return told;
    await new Promise((done) => { setTimeout(done, pause_ms); });
  }
}
