import { button, field, h, head, json, table, tag, when } from '../elements.js';
import { call, get } from '../calls.js';
import { dialog, form } from '../dialogs.js';
import { doing } from '../notices.js';
import { redraw } from '../redraw.js';

export const title = 'Requests';
/** What tells whether there is news. */
export const watched = '/emulator/requests?after=0';

export async function show() {
  const list = (await get('/emulator/requests?after=0')).reverse().slice(0, 100);
  return [
    ...head('Requests', 'The latest requests from pages and servers, with their responses. Passwords are hidden.',
      button('Add fault', addFault)),
    await faults(),
    table('Requests', ['Request', 'Status', 'Duration', 'Time'],
      list.map((it) => [
        button(`${it.method} ${it.path}`, () => dialog(`${it.method} ${it.path}`, h('h2', {}, 'Request'), json(it.request), h('h2', {}, `Response ${it.status}`), json(it.response)), 'link'),
        tag(String(it.status), it.status < 400 ? 'good' : it.status < 500 ? 'warn' : 'bad'),
        `${(it.microseconds / 1000).toFixed(1)} ms`, when(it.at),
      ]), 'No requests yet.'),
  ];
}

async function faults() {
  const list = await get('/emulator/faults');
  if (!list.length) return null;
  return [h('h2', {}, 'Active faults'), table('Faults', ['Request', 'Fault', ''],
    list.map((it) => [
      h('span', { class: 'mono' }, `${it.method ?? 'any'} ${it.path}`),
      [it.status && `status ${it.status}`, it.rate_limit && `rate limit ${it.rate_limit} s`, it.latency_ms && `delayed by ${it.latency_ms} ms`, it.drop && 'connection closed', it.malformed && 'invalid JSON', it.count && `${it.count} left`, it.share && `${it.share * 100}% of requests`].filter(Boolean).join(', '),
      button('Remove', doing(async () => { await call('DELETE', `/emulator/faults/${it.id}`); await redraw(); }), '', `Remove the fault for ${it.path}`),
    ]), '')];
}

function addFault() {
  form('Add fault', [
    field('Path', 'path', { required: true, value: '/v1/client/sessions/*/tokens' }, 'Use * as a wildcard.'),
    h('label', {}, 'Fault', h('select', { name: 'kind' }, ['Status 500', 'Status 503', 'Rate limit', 'Delay of 3 seconds', 'Close the connection', 'Invalid JSON'].map((it) => h('option', {}, it)))),
    field('Number of requests', 'count', { type: 'number', min: 1 }, 'Leave it empty to affect every request.'),
  ], 'Add', ({ path, kind, count }) => call('POST', '/emulator/faults', {
    path, ...(count && { count: Number(count) }),
    ...{ 'Status 500': { status: 500 }, 'Status 503': { status: 503 }, 'Rate limit': { rate_limit: 5 }, 'Delay of 3 seconds': { latency_ms: 3000 }, 'Close the connection': { drop: true }, 'Invalid JSON': { malformed: true } }[kind],
  }));
}
