import { button, h, head, when } from '../elements.js';
import { doing } from '../notices.js';
import { get } from '../calls.js';

export const title = 'Messages';
/** What tells whether there is news. */
export const watched = '/emulator/messages?limit=1';

export async function show() {
  const list = await get('/emulator/messages?limit=50');
  return [
    ...head('Messages', 'Every email that Clerk would have sent, with its code or link.'),
    list.length ? list.map((it) => h('article', { class: 'card mail' },
      h('div', { class: 'head' }, h('h2', {}, it.subject), h('span', { class: 'hint' }, when(it.created_at))),
      h('p', { class: 'hint' }, `To ${it.to}`),
      it.code && h('p', { class: 'code' }, it.code),
      it.text.split('\n\n').filter((part) => !it.code || !part.includes(it.code)).map((part) => h('p', {}, part)),
      h('div', { class: 'actions' },
        it.code && button('Copy code', doing(() => navigator.clipboard.writeText(it.code), 'Copied.')),
        it.link && h('a', { class: 'button', href: it.link, target: '_blank', rel: 'noopener' }, 'Open link'))))
      : h('div', { class: 'card' }, h('p', { class: 'empty' }, 'No messages yet. Sign up in your application, and the verification code appears here.')),
  ];
}
