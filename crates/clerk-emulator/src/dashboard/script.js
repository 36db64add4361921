// The dashboard: one page, no framework. Text is always set as text, never as HTML.

const secret = document.querySelector('meta[name=secret]').content;
const main = document.querySelector('#main');
const PAGE = 20;

async function call(method, path, body) {
  const options = { method, headers: { authorization: `Bearer ${secret}`, 'x-emulator-dashboard': '1' } };
  if (body !== undefined) {
    options.headers['content-type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options).catch(() => {
    throw new Error('The emulator does not answer. Is it still running?');
  });
  const text = await answer.text();
  const value = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(value?.errors?.[0]?.long_message ?? `The emulator answered ${answer.status}.`);
  return value;
}
const get = (path) => call('GET', path);

// ---- elements ----

function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (['value', 'checked', 'disabled', 'selected', 'textContent'].includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((it) => it !== null && it !== undefined && it !== false));
  return element;
}

function notice(text, bad = false) {
  const shown = h('p', { class: bad ? 'bad' : '' }, text);
  document.querySelector('#notices').append(shown);
  setTimeout(() => shown.remove(), bad ? 9000 : 3500);
}

/** Runs something a person asked for; what fails is said. */
function doing(work, done) {
  return async (event) => {
    event?.preventDefault?.();
    const button = event?.submitter ?? event?.currentTarget;
    if (button) button.disabled = true;
    try {
      await work(event);
      if (done) notice(done);
    } catch (error) {
      notice(error.message, true);
    } finally {
      if (button) button.disabled = false;
    }
  };
}

// Kept on one line by spaces that do not break.
const when = (at) => (at ? new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).replace(/\s/g, '\u00a0') : '—');
const tag = (text, kind = '') => h('span', { class: `tag ${kind}` }, text);
const json = (value) => h('pre', { tabindex: '0', role: 'region', 'aria-label': 'JSON' }, JSON.stringify(value, null, 2));
const button = (text, onclick, kind = '', label) => h('button', { type: 'button', class: kind, onclick, 'aria-label': label }, text);

function head(title, lead, ...actions) {
  document.title = `${title} · Clerk emulator`;
  return [h('div', { class: 'head' }, h('h1', {}, title), h('div', { class: 'actions' }, actions)), h('p', { class: 'lead' }, lead)];
}

function table(caption, columns, rows, empty, footer) {
  if (!rows.length) return h('div', { class: 'card' }, h('p', { class: 'empty' }, empty));
  return h('div', { class: 'card table' },
    h('table', {},
      h('caption', { class: 'hidden' }, caption),
      h('thead', {}, h('tr', {}, columns.map((name) => h('th', { scope: 'col' }, name || h('span', { class: 'hidden' }, 'Actions'))))),
      h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map((cell, index) => h('td', { 'data-label': columns[index] }, cell)))))),
    footer);
}

function dialog(title, ...content) {
  const box = h('dialog', { 'aria-label': title });
  const close = () => { box.close(); box.remove(); };
  box.append(h('div', { class: 'head' }, h('h2', {}, title), button('Close', close)), ...content);
  box.addEventListener('close', () => box.remove());
  box.addEventListener('click', (event) => { if (event.target === box) close(); });
  document.body.append(box);
  box.showModal();
  return close;
}

function confirmed(title, text, action, work) {
  const close = dialog(title, h('p', {}, text),
    h('div', { class: 'actions' },
      button(action, doing(async () => { await work(); close(); await render(); }), 'danger'),
      button('Cancel', () => close())));
}

function field(label, name, properties = {}, hint) {
  return h('label', {}, label, h('input', { name, autocomplete: 'off', ...properties }), hint && h('span', { class: 'hint' }, hint));
}

function form(title, fields, action, work) {
  const close = dialog(title, h('form', {
    onsubmit: doing(async (event) => {
      const values = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ''));
      await work(values);
      close();
      await render();
    }),
  }, fields, h('div', { class: 'actions' }, h('button', { class: 'primary' }, action))));
}

function pager(offset, total, go) {
  if (total <= PAGE) return null;
  return h('div', { class: 'pager' },
    button('Newer', () => go(Math.max(0, offset - PAGE))),
    `${offset + 1}–${Math.min(offset + PAGE, total)} of ${total}`,
    button('Older', () => go(offset + PAGE < total ? offset + PAGE : offset)));
}

function search(label, value, go) {
  let timer;
  return h('input', {
    type: 'search', class: 'search', 'aria-label': label, placeholder: label, value,
    oninput: (event) => { clearTimeout(timer); const { value } = event.target; timer = setTimeout(() => go(value), 250); },
  });
}

// ---- pages ----

const state = {};

function person(user) {
  const email = user.email_addresses.find((it) => it.id === user.primary_email_address_id)?.email_address;
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ');
  return h('div', { class: 'person' },
    h('img', { src: user.image_url, alt: '' }),
    h('div', {}, button(name || email || user.username || user.id, () => showUser(user.id), 'link'), h('span', { class: 'sub' }, email ?? user.username ?? 'no address')));
}

function tagsOf(user) {
  return [
    user.banned && tag('banned', 'bad'),
    user.locked && tag('locked', 'warn'),
    user.two_factor_enabled && tag('two factors', 'good'),
    !user.password_enabled && tag('no password'),
  ];
}

async function users() {
  const { query = '', offset = 0 } = state.users ?? {};
  const filter = query ? `&query=${encodeURIComponent(query)}` : '';
  const [list, { total_count: total }] = await Promise.all([
    get(`/v1/users?limit=${PAGE}&offset=${offset}${filter}`),
    get(`/v1/users/count?${filter.slice(1)}`),
  ]);
  const go = (change) => { state.users = { query, offset: 0, ...change }; render(); };
  return [
    ...head('Users', 'Everybody with an account. Choose one to see their sessions, change or delete them.',
      search('Search users', query, (query) => go({ query })),
      button('Create user', createUser, 'primary')),
    table('Users', ['User', 'Joined', 'Last sign-in', 'State'],
      list.map((user) => [person(user), when(user.created_at), when(user.last_sign_in_at), tagsOf(user)]),
      query ? 'Nobody is found by that.' : 'Nobody has signed up yet. Sign up in your application, or create a user here.',
      pager(offset, total, (offset) => go({ offset }))),
  ];
}

function createUser() {
  form('Create user', [
    field('Email address', 'email_address', { type: 'email', required: true }),
    field('Password', 'password', { type: 'text', minlength: 8 }, 'Eight characters or more; leave it empty for none.'),
    field('First name', 'first_name'), field('Last name', 'last_name'),
  ], 'Create', async ({ email_address, ...rest }) => {
    await call('POST', '/v1/users', { ...rest, email_address: [email_address], skip_password_requirement: true });
    notice('The user was created.');
  });
}

async function showUser(id) {
  try {
    const { user, sessions, memberships } = await get(`/emulator/users/${id}`);
    const act = (text, path, done, method = 'POST') => button(text, doing(async () => {
      await call(method, path);
      document.querySelector('dialog')?.remove();
      await render();
      showUser(id);
    }, done));
    dialog([user.first_name, user.last_name].filter(Boolean).join(' ') || user.email_addresses[0]?.email_address || user.id,
      h('dl', {},
        h('dt', {}, 'Id'), h('dd', {}, h('code', {}, user.id)),
        h('dt', {}, 'Addresses'), h('dd', {}, user.email_addresses.map((it) => h('div', {}, it.email_address, ' ', tag(it.verification?.status ?? 'unverified', it.verification?.status === 'verified' ? 'good' : 'warn')))),
        h('dt', {}, 'Organizations'), h('dd', {}, memberships.length ? memberships.map((it) => h('div', {}, `${it.organization.name} (${it.role_name})`)) : 'none'),
        h('dt', {}, 'State'), h('dd', {}, tagsOf(user).some(Boolean) ? tagsOf(user) : 'active')),
      h('div', { class: 'actions' },
        user.banned ? act('Unban', `/v1/users/${id}/unban`, 'The user may sign in again.') : act('Ban', `/v1/users/${id}/ban`, 'The user was banned and signed out.'),
        user.locked ? act('Unlock', `/v1/users/${id}/unlock`, 'The account is open again.') : act('Lock', `/v1/users/${id}/lock`, 'The account is locked.'),
        button('Sign-in link', doing(async () => {
          const token = await call('POST', '/v1/sign_in_tokens', { user_id: id });
          dialog('Sign-in link', h('p', {}, 'It signs this person in, once.'), h('p', {}, h('a', { href: token.url, target: '_blank', rel: 'noopener' }, token.url)));
        })),
        button('Delete user', () => confirmed('Delete user?', 'The account and all its sessions are gone for good.', 'Delete', () => call('DELETE', `/v1/users/${id}`)), 'danger')),
      h('h2', {}, 'Sessions'),
      sessions.length ? h('ul', {}, sessions.map((it) => h('li', {}, `${device(it)}, ${when(it.last_active_at)} `, status(it.status)))) : h('p', {}, 'None.'),
      h('details', {}, h('summary', {}, 'As the Backend API shows it'), json(user)));
  } catch (error) {
    notice(error.message, true);
  }
}

const device = ({ latest_activity: { browser_name, device_type } }) => [browser_name || 'A client', device_type && `on ${device_type}`].filter(Boolean).join(' ');
const status = (text) => tag(text, text === 'active' || text === 'delivered' || text === 'accepted' ? 'good' : text === 'failed' || text === 'revoked' ? 'bad' : text === 'pending' ? 'warn' : '');

async function sessions() {
  const { offset = 0 } = state.sessions ?? {};
  const { data, total_count: total } = await get(`/emulator/sessions?limit=${PAGE}&offset=${offset}`);
  return [
    ...head('Sessions', 'Where people are and were signed in, the newest first.'),
    table('Sessions', ['User', 'Device', 'Last active', 'State', ''],
      data.map((it) => [
        [button(it.identifier ?? it.user_id, () => showUser(it.user_id), 'link'), h('span', { class: 'sub mono' }, it.id)],
        device(it),
        when(it.last_active_at), status(it.status),
        it.status === 'active' || it.status === 'pending' ? h('div', { class: 'actions' },
          button('Revoke', doing(async () => { await call('POST', `/v1/sessions/${it.id}/revoke`); await render(); }, 'The session was revoked.'), '', `Revoke the session of ${it.identifier}`),
          button('Expire', doing(async () => { await call('POST', `/emulator/sessions/${it.id}/expire`); await render(); }, 'The session has expired.'), '', `Expire the session of ${it.identifier}`)) : '',
      ]),
      'Nobody has signed in yet.', pager(offset, total, (offset) => { state.sessions = { offset }; render(); })),
  ];
}

async function organizations() {
  const { query = '', offset = 0 } = state.organizations ?? {};
  const filter = query ? `&query=${encodeURIComponent(query)}` : '';
  const [{ data, total_count: total }, settings] = await Promise.all([get(`/v1/organizations?limit=${PAGE}&offset=${offset}${filter}`), get('/emulator/settings')]);
  const go = (change) => { state.organizations = { query, offset: 0, ...change }; render(); };
  return [
    ...head('Organizations', settings.organizations.enabled ? 'Groups of people that your application knows.' : 'Organizations are switched off for the page; switch them on in the settings.',
      search('Search organizations', query, (query) => go({ query })),
      button('Create organization', () => form('Create organization', [field('Name', 'name', { required: true }), field('Slug', 'slug', {}, 'Made from the name when empty.')], 'Create', (values) => call('POST', '/v1/organizations', values)), 'primary')),
    table('Organizations', ['Name', 'Members', 'Created', ''],
      data.map((it) => [
        [button(it.name, () => showOrganization(it), 'link'), h('span', { class: 'sub mono' }, it.slug)],
        String(it.members_count), when(it.created_at),
        button('Delete', () => confirmed('Delete organization?', `${it.name} and its memberships are gone for good.`, 'Delete', () => call('DELETE', `/v1/organizations/${it.id}`)), 'danger', `Delete ${it.name}`),
      ]),
      query ? 'None is found by that.' : 'There is no organization yet.', pager(offset, total, (offset) => go({ offset }))),
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
      h('details', {}, h('summary', {}, 'As the Backend API shows it'), json(it)));
  } catch (error) {
    notice(error.message, true);
  }
}

async function messages() {
  const list = await get('/emulator/messages?limit=50');
  return [
    ...head('Messages', 'Every e-mail that would have been sent, with its code or link.'),
    list.length ? list.map((it) => h('article', { class: 'card mail' },
      h('div', { class: 'head' }, h('h2', {}, it.subject), h('span', { class: 'hint' }, when(it.created_at))),
      h('p', { class: 'hint' }, `To ${it.to}`),
      it.code && h('p', { class: 'code' }, it.code),
      it.text.split('\n\n').filter((part) => !it.code || !part.includes(it.code)).map((part) => h('p', {}, part)),
      h('div', { class: 'actions' },
        it.code && button('Copy the code', doing(() => navigator.clipboard.writeText(it.code), 'Copied.')),
        it.link && h('a', { class: 'button', href: it.link, target: '_blank', rel: 'noopener' }, 'Open the link'))))
      : h('div', { class: 'card' }, h('p', { class: 'empty' }, 'No message yet. Sign up, and its code appears here.')),
  ];
}

async function webhooks() {
  const [endpoints, deliveries] = await Promise.all([get('/emulator/webhooks'), get('/emulator/deliveries?limit=50')]);
  return [
    ...head('Webhooks', 'Where events are delivered, signed as svix does, and what came of it.',
      button('Add endpoint', () => form('Add endpoint', [
        field('Address', 'url', { type: 'url', required: true, placeholder: 'http://127.0.0.1:3000/api/webhooks/clerk' }),
        field('Signing secret', 'secret', { placeholder: 'whsec_…' }, 'One is made when this is empty.'),
        field('Events', 'events', {}, 'Such as user.created, with commas between; empty: all.'),
      ], 'Add', ({ events, ...rest }) => call('POST', '/emulator/webhooks', { ...rest, events: events ? events.split(',').map((it) => it.trim()) : [] })), 'primary')),
    table('Endpoints', ['Address', 'Events', ''],
      endpoints.map((it) => [
        [h('span', { class: 'mono' }, it.url), h('details', {}, h('summary', {}, 'Signing secret'), h('code', {}, it.secret))],
        it.events.join(', ') || 'all',
        button('Remove', () => confirmed('Remove endpoint?', `Nothing is delivered to ${it.url} any more.`, 'Remove', () => call('DELETE', `/emulator/webhooks/${it.id}`)), 'danger', `Remove ${it.url}`),
      ]), 'No endpoint yet: nothing is delivered.'),
    h('h2', {}, 'Deliveries'),
    table('Deliveries', ['Event', 'To', 'State', 'Attempts', ''],
      deliveries.map((it) => [
        [button(it.type, () => dialog(it.type, json(it.body)), 'link'), h('span', { class: 'sub' }, when(it.created_at))],
        h('span', { class: 'mono' }, it.url ?? 'gone'), status(it.status),
        it.attempts.map((one) => h('span', { class: 'sub' }, `${when(one.at)}: ${one.outcome}`)),
        button('Send again', doing(async () => { await call('POST', `/emulator/deliveries/${it.id}/resend`); setTimeout(render, 600); }, 'It is on its way.'), '', `Send again: ${it.type}`),
      ]), 'Nothing was delivered yet.'),
  ];
}

async function requests() {
  const list = (await get('/emulator/requests?after=0')).reverse().slice(0, 100);
  return [
    ...head('Requests', 'What pages and servers ask, as it comes, with the answers. Passwords are left out.',
      button('Add fault', addFault)),
    await faults(),
    table('Requests', ['Request', 'Status', 'Took', 'At'],
      list.map((it) => [
        button(`${it.method} ${it.path}`, () => dialog(`${it.method} ${it.path}`, h('h2', {}, 'Asked'), json(it.request), h('h2', {}, `Answered ${it.status}`), json(it.response)), 'link'),
        tag(String(it.status), it.status < 400 ? 'good' : it.status < 500 ? 'warn' : 'bad'),
        `${(it.microseconds / 1000).toFixed(1)} ms`, when(it.at),
      ]), 'Nothing was asked yet.'),
  ];
}

async function faults() {
  const list = await get('/emulator/faults');
  if (!list.length) return null;
  return [h('h2', {}, 'Faults in force'), table('Faults', ['Where', 'What', ''],
    list.map((it) => [
      h('span', { class: 'mono' }, `${it.method ?? 'any'} ${it.path}`),
      [it.status && `status ${it.status}`, it.rate_limit && `rate limit ${it.rate_limit} s`, it.latency_ms && `${it.latency_ms} ms late`, it.drop && 'no answer', it.malformed && 'nonsense', it.count && `${it.count} times`, it.share && `${it.share * 100} %`].filter(Boolean).join(', '),
      button('End', doing(async () => { await call('DELETE', `/emulator/faults/${it.id}`); await render(); }), '', `End the fault at ${it.path}`),
    ]), '')];
}

function addFault() {
  form('Add fault', [
    field('Path', 'path', { required: true, value: '/v1/client/sessions/*/tokens' }, 'A star stands for anything.'),
    h('label', {}, 'What happens', h('select', { name: 'kind' }, ['status 500', 'status 503', 'rate limit', 'slow', 'no answer', 'nonsense'].map((it) => h('option', {}, it)))),
    field('How often', 'count', { type: 'number', min: 1 }, 'For ever when this is empty.'),
  ], 'Add', ({ path, kind, count }) => call('POST', '/emulator/faults', {
    path, ...(count && { count: Number(count) }),
    ...{ 'status 500': { status: 500 }, 'status 503': { status: 503 }, 'rate limit': { rate_limit: 5 }, slow: { latency_ms: 3000 }, 'no answer': { drop: true }, nonsense: { malformed: true } }[kind],
  }));
}

const SWITCHES = {
  'Sign-up and sign-in': [
    ['email_code', 'Codes by e-mail'], ['email_link', 'Links by e-mail'], ['passkeys', 'Passkeys'],
    ['single_session', 'One session for each browser'], ['legal_consent', 'Ask for legal consent'], ['test_mode', 'Test addresses take 424242'],
  ],
  'Second factors and safety': [
    ['authenticator_app', 'Authenticator app'], ['backup_codes', 'Backup codes'], ['second_factor_required', 'Everybody needs a second factor'],
    ['reverification', 'Sensitive changes ask for a fresh proof'], ['refuse_pwned_passwords', 'Refuse well-known passwords'], ['delete_self', 'People may delete their account'],
  ],
  Restrictions: [['allowlist', 'Allow-list'], ['blocklist', 'Block-list'], ['block_email_subaddresses', 'No addresses with +']],
};
const ORGANIZATION_SWITCHES = [['enabled', 'Organizations'], ['required', 'Everybody acts for one'], ['create', 'People may found them'], ['admin_delete', 'Admins may delete them'], ['slugs', 'Slugs'], ['domains', 'Verified domains']];

async function settings() {
  const [now, templates, { data: roles }] = await Promise.all([get('/emulator/settings'), get('/v1/jwt_templates?limit=100'), get('/v1/organization_roles?limit=100')]);
  const change = (patch) => doing(() => call('PATCH', '/emulator/settings', patch), 'Saved. It takes effect at once.');
  const check = (owner, [name, label], wrap = (it) => it) => h('label', { class: 'check' },
    h('input', { type: 'checkbox', checked: owner[name], onchange: async (event) => {
      const { target } = event;
      await doing(async () => {
        try { await call('PATCH', '/emulator/settings', wrap({ [name]: target.checked })); } catch (error) { target.checked = !target.checked; throw error; }
      }, 'Saved. It takes effect at once.')();
    } }), label);
  const choice = (label, name, options) => h('label', {}, label,
    h('select', { onchange: (event) => change({ [name]: event.target.value })() }, options.map((it) => h('option', { selected: now[name] === it }, it))));
  const amount = (label, name, hint) => h('label', {}, label,
    h('input', { type: 'number', min: 0, value: now[name], onchange: (event) => change({ [name]: Number(event.target.value) })() }), hint && h('span', { class: 'hint' }, hint));
  const fields = ['off', 'optional', 'required'];
  return [
    ...head('Settings', 'What the instance offers. Every change takes effect with the next call.'),
    h('section', { class: 'card' }, h('h2', {}, 'Application'), h('div', { class: 'grid' },
      h('label', {}, 'Name', h('input', { value: now.application_name, onchange: (event) => change({ application_name: event.target.value })() })),
      choice('Who may sign up', 'sign_up_mode', ['public', 'restricted', 'waitlist']),
      choice('Kind of instance', 'instance', ['development', 'production']),
      h('label', {}, 'Social providers', h('input', { value: now.social.join(', '), placeholder: 'google, github', onchange: (event) => change({ social: event.target.value.split(',').map((it) => it.trim()).filter(Boolean) })() }), h('span', { class: 'hint' }, 'The emulator stands in for each.')))),
    h('section', { class: 'card' }, h('h2', {}, 'What people give'), h('div', { class: 'grid' },
      choice('Email address', 'email_address', fields), choice('Username', 'username', fields), choice('Password', 'password', fields),
      choice('First name', 'first_name', fields), choice('Last name', 'last_name', fields))),
    Object.entries(SWITCHES).map(([title, list]) => h('section', { class: 'card' }, h('h2', {}, title), h('div', { class: 'grid' }, list.map((it) => check(now, it))))),
    h('section', { class: 'card' }, h('h2', {}, 'Organizations'), h('div', { class: 'grid' }, ORGANIZATION_SWITCHES.map((it) => check(now.organizations, it, (patch) => ({ organizations: patch }))))),
    h('section', { class: 'card' }, h('h2', {}, 'Times and limits'), h('div', { class: 'grid' },
      amount('Session token, seconds', 'token_lifetime_seconds', 'Clerk’s live 60.'), amount('Session, seconds', 'session_lifetime_seconds'),
      amount('Wrong attempts until locked', 'lockout_attempts', '0: never.'), amount('Locked for, minutes', 'lockout_minutes'), amount('Shortest password', 'password_min_length'))),
    h('section', {}, h('div', { class: 'head' }, h('h2', {}, 'JWT templates'), button('Add template', () => template())),
      table('JWT templates', ['Name', 'Lifetime', ''], templates.map((it) => [button(it.name, () => template(it), 'link'), `${it.lifetime} s`,
        button('Delete', () => confirmed('Delete template?', `Tokens by ${it.name} cannot be made any more.`, 'Delete', () => call('DELETE', `/v1/jwt_templates/${it.id}`)), 'danger', `Delete ${it.name}`)]), 'There is no template.')),
    h('section', {}, h('h2', {}, 'Roles'), table('Roles', ['Name', 'Key', 'Permissions'], roles.map((it) => [it.name, h('code', {}, it.key), it.permissions.map((one) => one.name).join(', ') || 'none']), 'There is no role.')),
  ];
}

function template(it) {
  form(it ? `Template ${it.name}` : 'Add template', [
    field('Name', 'name', { required: true, value: it?.name ?? '' }),
    field('Lifetime, seconds', 'lifetime', { type: 'number', min: 30, value: it?.lifetime ?? 60 }),
    h('label', {}, 'Claims', h('textarea', { name: 'claims', spellcheck: 'false' }, JSON.stringify(it?.claims ?? { email: '{{user.primary_email_address}}' }, null, 2)), h('span', { class: 'hint' }, 'JSON with Clerk’s shortcodes.')),
  ], 'Save', async ({ name, lifetime, claims }) => {
    let parsed;
    try { parsed = JSON.parse(claims); } catch { throw new Error('The claims are not JSON.'); }
    await call(it ? 'PATCH' : 'POST', it ? `/v1/jwt_templates/${it.id}` : '/v1/jwt_templates', { name, lifetime: Number(lifetime), claims: parsed });
    notice('Saved. It takes effect at once.');
  });
}

async function data() {
  const [now, clock] = await Promise.all([get('/emulator/status'), get('/emulator/clock')]);
  const file = (path, done) => doing(async (event) => {
    const chosen = event.target.querySelector('input').files[0];
    if (!chosen) throw new Error('Choose a file first.');
    let value;
    try { value = JSON.parse(await chosen.text()); } catch { throw new Error('This file is not JSON.'); }
    await call('POST', path, value);
    await render();
  }, done);
  const picker = (title, text, path, action, done) => h('section', { class: 'card' }, h('h2', {}, title), h('p', { class: 'hint' }, text),
    h('form', { class: 'grid', onsubmit: file(path, done) }, h('label', {}, 'JSON file', h('input', { type: 'file', accept: 'application/json,.json' })), h('div', { class: 'actions' }, h('button', {}, action))));
  return [
    ...head('Instance', 'Where it is, what time it is, and everything at once.'),
    h('section', { class: 'card' }, h('dl', {},
      h('dt', {}, 'Publishable key'), h('dd', {}, h('code', {}, now.publishable_key)),
      h('dt', {}, 'Secret key'), h('dd', {}, h('code', {}, secret)),
      h('dt', {}, 'Address'), h('dd', {}, h('code', {}, now.url)),
      h('dt', {}, 'Kept in'), h('dd', {}, h('code', {}, now.kept_in)),
      h('dt', {}, 'Its clock'), h('dd', {}, when(clock.now), clock.offset_ms ? ` (moved by ${Math.round(clock.offset_ms / 1000)} s)` : '')),
      h('div', { class: 'actions' },
        [['An hour on', 3600], ['A day on', 86400]].map(([text, seconds]) => button(text, doing(async () => { await call('POST', '/emulator/clock', { advance_seconds: seconds }); await render(); }, 'The clock was moved.'))),
        button('Right time', doing(async () => { await call('POST', '/emulator/clock', { reset: true }); await render(); }, 'The clock is right again.')),
        button('Rotate keys', doing(() => call('POST', '/emulator/keys/rotate'), 'Tokens are signed with a new key; the one before stays published.')))),
    picker('Seed', 'Adds users, organizations and settings. Who is there already stays as they are.', '/emulator/seed', 'Plant', 'The seed was planted.'),
    picker('Import', 'Takes an export, in place of everything that is here.', '/emulator/import', 'Import', 'Everything was imported.'),
    h('section', { class: 'card' }, h('h2', {}, 'Export and reset'), h('p', { class: 'hint' }, 'An export has everything but the signing keys.'),
      h('div', { class: 'actions' },
        button('Export', doing(async () => {
          const blob = new Blob([JSON.stringify(await get('/emulator/export'), null, 2)], { type: 'application/json' });
          const link = h('a', { href: URL.createObjectURL(blob), download: 'clerk-emulator.json' });
          link.click();
          URL.revokeObjectURL(link.href);
        })),
        button('Reset everything', () => confirmed('Reset everything?', 'All users, organizations, sessions and settings are gone for good.', 'Reset', () => call('POST', '/emulator/reset')), 'danger'))),
  ];
}

const PAGES = { users: ['Users', users], sessions: ['Sessions', sessions], organizations: ['Organizations', organizations], messages: ['Messages', messages], webhooks: ['Webhooks', webhooks], requests: ['Requests', requests], settings: ['Settings', settings], instance: ['Instance', data] };
const LIVE = ['messages', 'requests', 'webhooks', 'sessions'];

const current = () => (location.hash.slice(1) in PAGES ? location.hash.slice(1) : 'users');

let drawn = 0;
async function render() {
  const turn = ++drawn;
  const page = current();
  document.querySelector('#nav').replaceChildren(...Object.entries(PAGES).map(([name, [title]]) =>
    h('li', {}, h('a', { href: `/dashboard#${name}`, 'aria-current': name === page ? 'page' : undefined }, title))));
  document.querySelector('nav [aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
  try {
    const content = (await PAGES[page][1]()).flat(2).filter(Boolean);
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
    main.replaceChildren(h('div', { class: 'card' }, h('p', { class: 'empty' }, error.message), h('p', { class: 'empty' }, button('Try again', render))));
  }
}

// Back and forward leave a dialog, too.
addEventListener('hashchange', () => { document.querySelectorAll('dialog').forEach((it) => it.remove()); render().then(() => main.focus()); });
render();

// What changes by itself is looked at again, unless the person is in the middle of something.
let last = '';
setInterval(async () => {
  if (document.hidden || !LIVE.includes(current()) || document.querySelector('dialog') || main.querySelector('details[open]') || main.contains(document.activeElement)) return;
  try {
    const seen = JSON.stringify(await get(current() === 'requests' ? '/emulator/requests?after=0' : current() === 'messages' ? '/emulator/messages?limit=1' : current() === 'webhooks' ? '/emulator/deliveries?limit=5' : '/emulator/sessions?limit=20'));
    if (seen !== last) { last = seen; await render(); }
  } catch { /* the next look, or what the person does, says it */ }
}, 1000);
