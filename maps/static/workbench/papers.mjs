// @ts-check
/** What a committee reads of a plan: report, maps, workbook and archive, made as one file. */
import { runJob } from './jobs.mjs';
import { button, count, el, fill, say } from './page.mjs';

/** @param {string | null} plan - id of a draft; null for what is published */
export function papersButton(plan) {
  const place = el('span', { class: 'papers' });
  const make = button(say('上会材料（报告、地图、表格、幻灯片）', 'Papers for the committee'), async () => {
    make.setAttribute('disabled', '');
    const job = await runJob('/committee', { plan }, say('上会材料', 'Papers'));
    make.removeAttribute('disabled');
    if (job?.state !== 'done') return;
    const size = count(job.facts.bytes / 1e6, 1);
    fill(place, make, el('a', { href: job.facts.href, download: '', text: say(`下载（${size} MB）`, `Download (${size} MB)`) }));
  });
  place.append(make);
  return place;
}
