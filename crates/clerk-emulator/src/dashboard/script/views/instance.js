import { button, h, head, when } from '../elements.js';
import { call, get, secret } from '../calls.js';
import { confirmed } from '../dialogs.js';
import { doing } from '../notices.js';
import { redraw } from '../redraw.js';

export const title = 'Instance';

export async function show() {
  const [now, clock] = await Promise.all([get('/emulator/status'), get('/emulator/clock')]);
  const file = (path, done) => doing(async (event) => {
    const chosen = event.target.querySelector('input').files[0];
    if (!chosen) throw new Error('Choose a file first.');
    let value;
    try { value = JSON.parse(await chosen.text()); } catch { throw new Error('This file is not valid JSON.'); }
    await call('POST', path, value);
    await redraw();
  }, done);
  const picker = (title, text, path, action, done) => h('section', { class: 'card' }, h('h2', {}, title), h('p', { class: 'hint' }, text),
    h('form', { class: 'grid', onsubmit: file(path, done) }, h('label', {}, 'JSON file', h('input', { type: 'file', accept: 'application/json,.json' })), h('div', { class: 'actions' }, h('button', {}, action))));
  return [
    ...head('Instance', 'Keys, clock and data of this emulator.'),
    h('section', { class: 'card' }, h('dl', {},
      h('dt', {}, 'Publishable key'), h('dd', {}, h('code', {}, now.publishable_key)),
      h('dt', {}, 'Secret key'), h('dd', {}, h('code', {}, secret)),
      h('dt', {}, 'URL'), h('dd', {}, h('code', {}, now.url)),
      h('dt', {}, 'Data stored in'), h('dd', {}, h('code', {}, now.kept_in)),
      h('dt', {}, 'Clock'), h('dd', {}, when(clock.now), clock.offset_ms ? ` (off by ${Math.round(clock.offset_ms / 1000)} s)` : '')),
      h('div', { class: 'actions' },
        [['Advance 1 hour', 3600], ['Advance 1 day', 86400]].map(([text, seconds]) => button(text, doing(async () => { await call('POST', '/emulator/clock', { advance_seconds: seconds }); await redraw(); }, 'Clock advanced.'))),
        button('Reset clock', doing(async () => { await call('POST', '/emulator/clock', { reset: true }); await redraw(); }, 'Clock reset.')),
        button('Rotate signing key', doing(() => call('POST', '/emulator/keys/rotate'), 'New tokens are signed with a new key. The previous key stays published.')))),
    picker('Seed', 'Adds users, organizations and settings. Existing users are left unchanged.', '/emulator/seed', 'Add data', 'Data added.'),
    picker('Import', 'Replaces all data with the contents of an export.', '/emulator/import', 'Import', 'Data imported.'),
    h('section', { class: 'card' }, h('h2', {}, 'Export and reset'), h('p', { class: 'hint' }, 'An export contains everything except the signing keys.'),
      h('div', { class: 'actions' },
        button('Export', doing(async () => {
          const blob = new Blob([JSON.stringify(await get('/emulator/export'), null, 2)], { type: 'application/json' });
          const link = h('a', { href: URL.createObjectURL(blob), download: 'clerk-emulator.json' });
          link.click();
          URL.revokeObjectURL(link.href);
        })),
        button('Reset everything', () => confirmed('Reset everything?', 'This permanently deletes all users, organizations, sessions and settings. It cannot be undone.', 'Reset', () => call('POST', '/emulator/reset')), 'danger'))),
  ];
}
