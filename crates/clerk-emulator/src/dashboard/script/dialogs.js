// Boxes over a view: to look at something, to confirm, to fill in.

import { button, h } from './elements.js';
import { doing } from './notices.js';
import { redraw } from './redraw.js';

export function dialog(title, ...content) {
  const box = h('dialog', { 'aria-label': title });
  const close = () => { box.close(); box.remove(); };
  box.append(h('div', { class: 'head' }, h('h2', {}, title), button('Close', close)), ...content);
  box.addEventListener('close', () => box.remove());
  box.addEventListener('click', (event) => { if (event.target === box) close(); });
  document.body.append(box);
  box.showModal();
  return close;
}

export function confirmed(title, text, action, work) {
  const close = dialog(title, h('p', {}, text),
    h('div', { class: 'actions' },
      button(action, doing(async () => { await work(); close(); await redraw(); }), 'danger'),
      button('Cancel', () => close())));
}

export function form(title, fields, action, work) {
  const close = dialog(title, h('form', {
    onsubmit: doing(async (event) => {
      const values = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ''));
      await work(values);
      close();
      await redraw();
    }),
  }, fields, h('div', { class: 'actions' }, h('button', { class: 'primary' }, action))));
}
