import { PAGE, button, device, field, h, head, json, pager, search, status, table, tag, when } from '../elements.js';
import { call, get } from '../calls.js';
import { confirmed, dialog, form } from '../dialogs.js';
import { doing, notice } from '../notices.js';
import { redraw } from '../redraw.js';

export const title = 'Users';

let state = {};

const nameOf = (user) => [user.first_name, user.last_name].filter(Boolean).join(' ');

function person(user) {
  const email = user.email_addresses.find((it) => it.id === user.primary_email_address_id)?.email_address;
  const name = nameOf(user);
  return h('div', { class: 'person' },
    h('img', { src: user.image_url, alt: '' }),
    h('div', {}, button(name || email || user.username || user.id, () => showUser(user.id), 'link'), h('span', { class: 'sub' }, email ?? user.username ?? 'No email address')));
}

function tagsOf(user) {
  return [
    user.banned && tag('banned', 'bad'),
    user.locked && tag('locked', 'warn'),
    user.two_factor_enabled && tag('MFA', 'good'),
    !user.password_enabled && tag('no password'),
  ];
}

export async function show() {
  const { query = '', offset = 0 } = state;
  const filter = query ? `&query=${encodeURIComponent(query)}` : '';
  const [list, { total_count: total }] = await Promise.all([
    get(`/v1/users?limit=${PAGE}&offset=${offset}${filter}`),
    get(`/v1/users/count?${filter.slice(1)}`),
  ]);
  const go = (change) => { state = { query, offset: 0, ...change }; redraw(); };
  return [
    ...head('Users', 'Everyone with an account. Select a user to see their sessions, or to ban, lock or delete them.',
      search('Search users', query, (query) => go({ query })),
      button('Create user', createUser, 'primary')),
    table('Users', ['User', 'Joined', 'Last sign-in', 'Status'],
      list.map((user) => [person(user), when(user.created_at), when(user.last_sign_in_at), tagsOf(user)]),
      query ? 'No users match your search.' : 'No users yet. Sign up in your application, or create a user here.',
      pager(offset, total, (offset) => go({ offset }))),
  ];
}

function createUser() {
  form('Create user', [
    field('Email address', 'email_address', { type: 'email', required: true }),
    field('Password', 'password', { type: 'text', minlength: 8 }, 'At least 8 characters. Leave it empty for a user without a password.'),
    field('First name', 'first_name'), field('Last name', 'last_name'),
  ], 'Create', async ({ email_address, ...rest }) => {
    await call('POST', '/v1/users', { ...rest, email_address: [email_address], skip_password_requirement: true });
    notice('User created.');
  });
}

export async function showUser(id) {
  try {
    const { user, sessions, memberships } = await get(`/emulator/users/${id}`);
    const act = (text, path, done, method = 'POST') => button(text, doing(async () => {
      await call(method, path);
      document.querySelector('dialog')?.remove();
      await redraw();
      showUser(id);
    }, done));
    dialog(nameOf(user) || user.email_addresses[0]?.email_address || user.id,
      h('dl', {},
        h('dt', {}, 'User ID'), h('dd', {}, h('code', {}, user.id)),
        h('dt', {}, 'Email addresses'), h('dd', {}, user.email_addresses.map((it) => h('div', {}, it.email_address, ' ', tag(it.verification?.status ?? 'unverified', it.verification?.status === 'verified' ? 'good' : 'warn')))),
        h('dt', {}, 'Organizations'), h('dd', {}, memberships.length ? memberships.map((it) => h('div', {}, `${it.organization.name} (${it.role_name})`)) : 'None'),
        h('dt', {}, 'Status'), h('dd', {}, tagsOf(user).some(Boolean) ? tagsOf(user) : tag('active', 'good'))),
      h('div', { class: 'actions' },
        user.banned ? act('Unban', `/v1/users/${id}/unban`, 'User unbanned.') : act('Ban', `/v1/users/${id}/ban`, 'User banned and signed out.'),
        user.locked ? act('Unlock', `/v1/users/${id}/unlock`, 'User unlocked.') : act('Lock', `/v1/users/${id}/lock`, 'User locked.'),
        button('Sign-in link', doing(async () => {
          const token = await call('POST', '/v1/sign_in_tokens', { user_id: id });
          dialog('Sign-in link', h('p', {}, 'Anyone who opens this link is signed in as this user. It works once.'), h('p', {}, h('a', { href: token.url, target: '_blank', rel: 'noopener' }, token.url)));
        })),
        button('Delete user', () => confirmed('Delete user?', 'This permanently deletes the user and their sessions. It cannot be undone.', 'Delete', () => call('DELETE', `/v1/users/${id}`)), 'danger')),
      h('h2', {}, 'Sessions'),
      sessions.length ? h('ul', {}, sessions.map((it) => h('li', {}, `${device(it)}, ${when(it.last_active_at)} `, status(it.status)))) : h('p', {}, 'None.'),
      h('details', {}, h('summary', {}, 'JSON from the Backend API'), json(user)));
  } catch (error) {
    notice(error.message, true);
  }
}
