// The dashboard: one page, no framework; a module for each view.

import { get } from './calls.js';
import { button, h } from './elements.js';
import { drawnBy, redraw } from './redraw.js';
import * as instance from './views/instance.js';
import * as messages from './views/messages.js';
import * as organizations from './views/organizations.js';
import * as requests from './views/requests.js';
import * as sessions from './views/sessions.js';
import * as settings from './views/settings.js';
import * as users from './views/users.js';
import * as webhooks from './views/webhooks.js';

const VIEWS = { users, sessions, organizations, messages, webhooks, requests, settings, instance };
const main = document.querySelector('#main');

const current = () => (location.hash.slice(1) in VIEWS ? location.hash.slice(1) : 'users');

let drawn = 0;
drawnBy(async () => {
  const turn = ++drawn;
  const view = current();
  document.querySelector('#nav').replaceChildren(...Object.entries(VIEWS).map(([name, { title }]) =>
    h('li', {}, h('a', { href: `/dashboard#${name}`, 'aria-current': name === view ? 'page' : undefined }, title))));
  document.querySelector('nav [aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
  try {
    const content = (await VIEWS[view].show()).flat(2).filter(Boolean);
    if (turn !== drawn) return;
    const typing = document.activeElement?.matches?.('input[type=search]') ? document.activeElement.selectionStart : null;
    main.replaceChildren(...content);
    if (typing !== null) {
      const field = main.querySelector('input[type=search]');
      field?.focus();
      field?.setSelectionRange(typing, typing);
    }
  } catch (error) {
    if (turn !== drawn) return;
    main.replaceChildren(h('div', { class: 'card' }, h('p', { class: 'empty' }, error.message), h('p', { class: 'empty' }, button('Try again', redraw))));
  }
});

// Back and forward leave a dialog, too.
addEventListener('hashchange', () => { document.querySelectorAll('dialog').forEach((it) => it.remove()); redraw().then(() => main.focus()); });
redraw();

// What changes by itself is looked at again, unless the person is in the middle of something.
let last = '';
setInterval(async () => {
  const { watched } = VIEWS[current()];
  if (document.hidden || !watched || document.querySelector('dialog') || main.querySelector('details[open]') || main.contains(document.activeElement)) return;
  try {
    const seen = JSON.stringify(await get(watched));
    if (seen !== last) { last = seen; await redraw(); }
  } catch { /* the next look, or what the person does, says it */ }
}, 1000);
