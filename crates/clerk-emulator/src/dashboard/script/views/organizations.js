import { PAGE, button, field, h, head, json, pager, search, status, table, when } from '../elements.js';
import { call, get } from '../calls.js';
import { confirmed, dialog, form } from '../dialogs.js';
import { notice } from '../notices.js';
import { redraw } from '../redraw.js';

export const title = 'Organizations';

let state = {};

export async function show() {
  const { query = '', offset = 0 } = state;
  const filter = query ? `&query=${encodeURIComponent(query)}` : '';
  const [{ data, total_count: total }, settings] = await Promise.all([get(`/v1/organizations?limit=${PAGE}&offset=${offset}${filter}`), get('/emulator/settings')]);
  const go = (change) => { state = { query, offset: 0, ...change }; redraw(); };
  return [
    ...head('Organizations', settings.organizations.enabled ? 'The organizations of your application and their members.' : 'Organizations are turned off. You can enable them in Settings.',
      search('Search organizations', query, (query) => go({ query })),
      button('Create organization', () => form('Create organization', [field('Name', 'name', { required: true }), field('Slug', 'slug', {}, 'Leave it empty to generate one from the name.')], 'Create', (values) => call('POST', '/v1/organizations', values)), 'primary')),
    table('Organizations', ['Name', 'Members', 'Created', ''],
      data.map((it) => [
        [button(it.name, () => showOrganization(it), 'link'), h('span', { class: 'sub mono' }, it.slug)],
        String(it.members_count), when(it.created_at),
        button('Delete', () => confirmed('Delete organization?', `This permanently deletes ${it.name} with its memberships and invitations. It cannot be undone.`, 'Delete', () => call('DELETE', `/v1/organizations/${it.id}`)), 'danger', `Delete ${it.name}`),
      ]),
      query ? 'No organizations match your search.' : 'No organizations yet.', pager(offset, total, (offset) => go({ offset }))),
  ];
}

async function showOrganization(it) {
  try {
    const [{ data: members }, { data: invitations }] = await Promise.all([get(`/v1/organizations/${it.id}/memberships?limit=100`), get(`/v1/organizations/${it.id}/invitations?limit=100`)]);
    dialog(it.name,
      h('h2', {}, 'Members'),
      members.length ? h('ul', {}, members.map((member) => h('li', {}, `${member.public_user_data.identifier}, ${member.role_name}`))) : h('p', {}, 'None.'),
      h('h2', {}, 'Invitations'),
      invitations.length ? h('ul', {}, invitations.map((one) => h('li', {}, `${one.email_address}, ${one.role_name} `, status(one.status)))) : h('p', {}, 'None.'),
      h('details', {}, h('summary', {}, 'JSON from the Backend API'), json(it)));
  } catch (error) {
    notice(error.message, true);
  }
}
