import { button, field, h, head, json, status, table, when } from '../elements.js';
import { call, get } from '../calls.js';
import { confirmed, dialog, form } from '../dialogs.js';
import { doing } from '../notices.js';
import { redraw } from '../redraw.js';

export const title = 'Webhooks';
/** What tells whether there is news. */
export const watched = '/emulator/deliveries?limit=5';

export async function show() {
  const [endpoints, deliveries] = await Promise.all([get('/emulator/webhooks'), get('/emulator/deliveries?limit=50')]);
  return [
    ...head('Webhooks', 'Endpoints that receive events, and every delivery. Events are signed as Svix signs them.',
      button('Add endpoint', () => form('Add endpoint', [
        field('Endpoint URL', 'url', { type: 'url', required: true, placeholder: 'http://127.0.0.1:3000/api/webhooks/clerk' }),
        field('Signing secret', 'secret', { placeholder: 'whsec_…' }, 'Leave it empty to generate one.'),
        field('Subscribe to events', 'events', {}, 'Separate events with commas, such as user.created, user.updated. Leave it empty for all events.'),
      ], 'Add', ({ events, ...rest }) => call('POST', '/emulator/webhooks', { ...rest, events: events ? events.split(',').map((it) => it.trim()) : [] })), 'primary')),
    table('Endpoints', ['Endpoint URL', 'Events', ''],
      endpoints.map((it) => [
        [h('span', { class: 'mono' }, it.url), h('details', {}, h('summary', {}, 'Signing secret'), h('code', {}, it.secret))],
        it.events.join(', ') || 'All events',
        button('Delete', () => confirmed('Delete endpoint?', `Events will no longer be delivered to ${it.url}.`, 'Delete', () => call('DELETE', `/emulator/webhooks/${it.id}`)), 'danger', `Delete ${it.url}`),
      ]), 'No endpoints yet. Add one to receive events.'),
    h('h2', {}, 'Deliveries'),
    table('Deliveries', ['Event', 'Endpoint', 'Status', 'Attempts', ''],
      deliveries.map((it) => [
        [button(it.type, () => dialog(it.type, json(it.body)), 'link'), h('span', { class: 'sub' }, when(it.created_at))],
        h('span', { class: 'mono' }, it.url ?? 'Deleted endpoint'), status(it.status),
        it.attempts.map((one) => h('span', { class: 'sub' }, `${when(one.at)}: ${one.outcome}`)),
        button('Resend', doing(async () => { await call('POST', `/emulator/deliveries/${it.id}/resend`); setTimeout(redraw, 600); }, 'The event will be delivered again.'), '', `Resend ${it.type}`),
      ]), 'No deliveries yet.'),
  ];
}
