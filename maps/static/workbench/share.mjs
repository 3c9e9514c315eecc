// @ts-check
/** The link that brings somebody else to the same view. */
import { button, say, tell } from './page.mjs';

export function linkButton() {
  return button(say('复制链接', 'Copy link'), copy, { id: 'share' });
}

async function copy() {
  try {
    await navigator.clipboard.writeText(location.href);
    tell(say('链接已复制：同事打开后看到同样的画面（需要密钥）。', 'Link copied: a colleague with the key sees the same view.'));
  } catch { tell(location.href); }
}
