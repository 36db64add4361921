import { PAGE, button, device, h, head, pager, status, table, when } from '../elements.js';
import { call, get } from '../calls.js';
import { doing } from '../notices.js';
import { redraw } from '../redraw.js';
import { showUser } from './users.js';

export const title = 'Sessions';
/** What tells whether there is news. */
export const watched = '/emulator/sessions?limit=20';

let state = {};

export async function show() {
  const { offset = 0 } = state;
  const { data, total_count: total } = await get(`/emulator/sessions?limit=${PAGE}&offset=${offset}`);
  return [
    ...head('Sessions', 'Every session, newest first.'),
    table('Sessions', ['User', 'Device', 'Last active', 'Status', ''],
      data.map((it) => [
        [button(it.identifier ?? it.user_id, () => showUser(it.user_id), 'link'), h('span', { class: 'sub mono' }, it.id)],
        device(it),
        when(it.last_active_at), status(it.status),
        it.status === 'active' || it.status === 'pending' ? h('div', { class: 'actions' },
          button('Revoke', doing(async () => { await call('POST', `/v1/sessions/${it.id}/revoke`); await redraw(); }, 'Session revoked.'), '', `Revoke the session of ${it.identifier}`),
          button('Expire', doing(async () => { await call('POST', `/emulator/sessions/${it.id}/expire`); await redraw(); }, 'Session expired.'), '', `Expire the session of ${it.identifier}`)) : '',
      ]),
      'No sessions yet. Sign in to your application to see one here.', pager(offset, total, (offset) => { state = { offset }; redraw(); })),
  ];
}
