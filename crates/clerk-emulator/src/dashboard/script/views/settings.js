import { button, field, h, head, table } from '../elements.js';
import { call, get } from '../calls.js';
import { confirmed, form } from '../dialogs.js';
import { doing, notice } from '../notices.js';

export const title = 'Settings';

const SWITCHES = {
  'Sign-up and sign-in': [
    ['email_code', 'Email verification code'], ['email_link', 'Email verification link'], ['passkeys', 'Passkeys'],
    ['single_session', 'Single-session mode'], ['legal_consent', 'Require express consent to legal documents'], ['test_mode', 'Test mode (code 424242)'],
  ],
  'Multi-factor and security': [
    ['authenticator_app', 'Authenticator application'], ['backup_codes', 'Backup codes'], ['second_factor_required', 'Require multi-factor authentication'],
    ['reverification', 'Reverification for sensitive actions'], ['refuse_pwned_passwords', 'Reject compromised passwords'], ['delete_self', 'Allow users to delete their accounts'],
  ],
  Restrictions: [['allowlist', 'Allowlist'], ['blocklist', 'Blocklist'], ['block_email_subaddresses', 'Block email subaddresses']],
};
const ORGANIZATION_SWITCHES = [['enabled', 'Enable organizations'], ['required', 'Membership required'], ['create', 'People may create organizations'], ['admin_delete', 'Admins may delete organizations'], ['slugs', 'Organization slugs'], ['domains', 'Verified domains']];

export async function show() {
  const [now, templates, { data: roles }] = await Promise.all([get('/emulator/settings'), get('/v1/jwt_templates?limit=100'), get('/v1/organization_roles?limit=100')]);
  const change = (patch) => doing(() => call('PATCH', '/emulator/settings', patch), 'Saved.');
  const check = (owner, [name, label], wrap = (it) => it) => h('label', { class: 'check' },
    h('input', { type: 'checkbox', checked: owner[name], onchange: async (event) => {
      const { target } = event;
      await doing(async () => {
        try { await call('PATCH', '/emulator/settings', wrap({ [name]: target.checked })); } catch (error) { target.checked = !target.checked; throw error; }
      }, 'Saved.')();
    } }), label);
  const choice = (label, name, options) => h('label', {}, label,
    h('select', { onchange: (event) => change({ [name]: event.target.value })() }, options.map((it) => h('option', { selected: now[name] === it }, it))));
  const amount = (label, name, hint) => h('label', {}, label,
    h('input', { type: 'number', min: 0, value: now[name], onchange: (event) => change({ [name]: Number(event.target.value) })() }), hint && h('span', { class: 'hint' }, hint));
  const fields = ['off', 'optional', 'required'];
  return [
    ...head('Settings', 'How users sign up and sign in. Changes take effect immediately.'),
    h('section', { class: 'card' }, h('h2', {}, 'Application'), h('div', { class: 'grid' },
      h('label', {}, 'Name', h('input', { value: now.application_name, onchange: (event) => change({ application_name: event.target.value })() })),
      choice('Sign-up mode', 'sign_up_mode', ['public', 'restricted', 'waitlist']),
      choice('Instance type', 'instance', ['development', 'production']),
      h('label', {}, 'Social connections', h('input', { value: now.social.join(', '), placeholder: 'google, github', onchange: (event) => change({ social: event.target.value.split(',').map((it) => it.trim()).filter(Boolean) })() }), h('span', { class: 'hint' }, 'The emulator plays the part of each provider.')))),
    h('section', { class: 'card' }, h('h2', {}, 'User attributes'), h('div', { class: 'grid' },
      choice('Email address', 'email_address', fields), choice('Username', 'username', fields), choice('Password', 'password', fields),
      choice('First name', 'first_name', fields), choice('Last name', 'last_name', fields))),
    Object.entries(SWITCHES).map(([title, list]) => h('section', { class: 'card' }, h('h2', {}, title), h('div', { class: 'grid' }, list.map((it) => check(now, it))))),
    h('section', { class: 'card' }, h('h2', {}, 'Organizations'), h('div', { class: 'grid' }, ORGANIZATION_SWITCHES.map((it) => check(now.organizations, it, (patch) => ({ organizations: patch }))))),
    h('section', { class: 'card' }, h('h2', {}, 'Lifetimes and limits'), h('div', { class: 'grid' },
      amount('Session token lifetime (seconds)', 'token_lifetime_seconds', '60 at Clerk.'), amount('Maximum session lifetime (seconds)', 'session_lifetime_seconds'),
      amount('Failed attempts before lockout', 'lockout_attempts', '0 turns account lockout off.'), amount('Lockout duration (minutes)', 'lockout_minutes'), amount('Minimum password length', 'password_min_length'))),
    h('section', {}, h('div', { class: 'head' }, h('h2', {}, 'JWT templates'), button('Add template', () => template())),
      table('JWT templates', ['Name', 'Lifetime', ''], templates.map((it) => [button(it.name, () => template(it), 'link'), `${it.lifetime} s`,
        button('Delete', () => confirmed('Delete template?', `Tokens can no longer be created with ${it.name}.`, 'Delete', () => call('DELETE', `/v1/jwt_templates/${it.id}`)), 'danger', `Delete ${it.name}`)]), 'No JWT templates yet.')),
    h('section', {}, h('h2', {}, 'Roles'), table('Roles', ['Name', 'Key', 'Permissions'], roles.map((it) => [it.name, h('code', {}, it.key), it.permissions.map((one) => one.name).join(', ') || 'None']), 'No roles yet.')),
  ];
}

function template(it) {
  form(it ? `Edit ${it.name}` : 'Add template', [
    field('Name', 'name', { required: true, value: it?.name ?? '' }),
    field('Token lifetime (seconds)', 'lifetime', { type: 'number', min: 30, value: it?.lifetime ?? 60 }),
    h('label', {}, 'Claims', h('textarea', { name: 'claims', spellcheck: 'false' }, JSON.stringify(it?.claims ?? { email: '{{user.primary_email_address}}' }, null, 2)), h('span', { class: 'hint' }, 'JSON. It may use Clerk’s shortcodes, such as {{user.id}}.')),
  ], 'Save', async ({ name, lifetime, claims }) => {
    let parsed;
    try { parsed = JSON.parse(claims); } catch { throw new Error('The claims are not valid JSON.'); }
    await call(it ? 'PATCH' : 'POST', it ? `/v1/jwt_templates/${it.id}` : '/v1/jwt_templates', { name, lifetime: Number(lifetime), claims: parsed });
    notice('Saved.');
  });
}
