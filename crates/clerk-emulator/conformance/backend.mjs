// @clerk/backend: the whole life of everything, and authenticateRequest in its three states.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClerkClient, verifyToken } from '@clerk/backend';
import { verifyWebhook } from '@clerk/backend/webhooks';
import { emulator, publishableKey, says, secretKey, url, works } from './harness.mjs';

const clerk = createClerkClient({ secretKey, publishableKey, apiUrl: url });
const password = 'correct horse battery';
const user = (name) => clerk.users.createUser({ emailAddress: [`${name}@conformance.example`], password, firstName: name });

says('@clerk/backend');

await works('users: create, get, list, count, update, metadata, ban, lock, delete', async () => {
  const ada = await user('ada');
  assert.equal((await clerk.users.getUser(ada.id)).primaryEmailAddress.emailAddress, 'ada@conformance.example');
  const { data, totalCount } = await clerk.users.getUserList({ emailAddress: ['ada@conformance.example'] });
  assert.equal(data[0].id, ada.id);
  assert.equal(totalCount, 1);
  assert.ok((await clerk.users.getCount()) >= 1);
  assert.equal((await clerk.users.updateUser(ada.id, { lastName: 'Lovelace' })).fullName, 'ada Lovelace');
  await clerk.users.updateUserMetadata(ada.id, { publicMetadata: { a: 1, b: { c: 2 } } });
  const merged = await clerk.users.updateUserMetadata(ada.id, { publicMetadata: { a: null } });
  assert.deepEqual(merged.publicMetadata, { b: { c: 2 } });
  assert.equal((await clerk.users.verifyPassword({ userId: ada.id, password })).verified, true);
  assert.equal((await clerk.users.banUser(ada.id)).banned, true);
  assert.equal((await clerk.users.unbanUser(ada.id)).banned, false);
  assert.equal((await clerk.users.lockUser(ada.id)).locked, true);
  assert.equal((await clerk.users.unlockUser(ada.id)).locked, false);
  await clerk.users.deleteUser(ada.id);
  await assert.rejects(clerk.users.getUser(ada.id), (error) => error.status === 404 && error.errors[0].code === 'resource_not_found');
});

await works('e-mail addresses', async () => {
  const ada = await user('mail');
  const made = await clerk.emailAddresses.createEmailAddress({ userId: ada.id, emailAddress: 'second@conformance.example', verified: true });
  await clerk.emailAddresses.updateEmailAddress(made.id, { primary: true });
  assert.equal((await clerk.users.getUser(ada.id)).primaryEmailAddressId, made.id);
  await clerk.emailAddresses.deleteEmailAddress(ada.primaryEmailAddressId);
});

await works('organizations, memberships, invitations, domains', async () => {
  const [ada, bob] = [await user('founder'), await user('member')];
  const made = await clerk.organizations.createOrganization({ name: 'Analytical Engines', createdBy: ada.id });
  assert.equal((await clerk.organizations.getOrganization({ slug: 'analytical-engines' })).id, made.id);
  const organizationId = made.id;
  assert.equal((await clerk.organizations.updateOrganization(organizationId, { name: 'Engines' })).name, 'Engines');
  await clerk.organizations.createOrganizationMembership({ organizationId, userId: bob.id, role: 'org:member' });
  await clerk.organizations.updateOrganizationMembership({ organizationId, userId: bob.id, role: 'org:admin' });
  await clerk.organizations.updateOrganizationMembershipMetadata({ organizationId, userId: bob.id, publicMetadata: { desk: 4 } });
  assert.equal((await clerk.organizations.getOrganizationMembershipList({ organizationId })).totalCount, 2);
  assert.equal((await clerk.users.getOrganizationMembershipList({ userId: bob.id })).data[0].publicMetadata.desk, 4);
  const invitation = await clerk.organizations.createOrganizationInvitation({ organizationId, inviterUserId: ada.id, emailAddress: 'carol@conformance.example', role: 'org:member' });
  assert.equal((await clerk.organizations.getOrganizationInvitationList({ organizationId, status: ['pending'] })).data[0].id, invitation.id);
  assert.equal((await clerk.organizations.revokeOrganizationInvitation({ organizationId, invitationId: invitation.id, requestingUserId: ada.id })).status, 'revoked');
  const domain = await clerk.organizations.createOrganizationDomain({ organizationId, name: 'engines.example', enrollmentMode: 'automatic_invitation', verified: true });
  assert.equal((await clerk.organizations.getOrganizationDomainList({ organizationId })).data[0].name, 'engines.example');
  await clerk.organizations.deleteOrganizationDomain({ organizationId, domainId: domain.id });
  await clerk.organizations.deleteOrganizationMembership({ organizationId, userId: bob.id });
  await clerk.organizations.deleteOrganization(organizationId);
});

await works('invitations, allow-list, waitlist, redirect addresses, sign-in, testing and actor tokens', async () => {
  const ada = await user('tokens');
  const invitation = await clerk.invitations.createInvitation({ emailAddress: 'new@conformance.example' });
  assert.equal((await clerk.invitations.getInvitationList({ status: 'pending' })).data[0].id, invitation.id);
  assert.equal((await clerk.invitations.revokeInvitation(invitation.id)).status, 'revoked');
  const listed = await clerk.allowlistIdentifiers.createAllowlistIdentifier({ identifier: '*@conformance.example', notify: false });
  await clerk.allowlistIdentifiers.deleteAllowlistIdentifier(listed.id);
  const entry = await clerk.waitlistEntries.create({ emailAddress: 'waiting@conformance.example' });
  assert.equal((await clerk.waitlistEntries.list()).data[0].id, entry.id);
  const redirect = await clerk.redirectUrls.createRedirectUrl({ url: 'app://back' });
  await clerk.redirectUrls.deleteRedirectUrl(redirect.id);
  const token = await clerk.signInTokens.createSignInToken({ userId: ada.id, expiresInSeconds: 60 });
  assert.equal((await clerk.signInTokens.revokeSignInToken(token.id)).status, 'revoked');
  assert.ok((await clerk.testingTokens.createTestingToken()).token);
  const actor = await clerk.actorTokens.create({ userId: ada.id, actor: { sub: 'user_support' }, expiresInSeconds: 60 });
  assert.equal((await clerk.actorTokens.revoke(actor.id)).status, 'revoked');
});

await works('JWT templates', async () => {
  const made = await clerk.jwtTemplates.create({ name: 'conformance', claims: { role: 'tester' }, lifetime: 60 });
  assert.equal((await clerk.jwtTemplates.get(made.id)).name, 'conformance');
  assert.ok((await clerk.jwtTemplates.list()).data.some((it) => it.id === made.id));
  await clerk.jwtTemplates.delete(made.id);
});

await works('verifyWebhook: an event as it comes, and not as somebody changed it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${server.address().port}/hook`;
  const endpoint = await emulator('POST', '/webhooks', { url: address, events: ['user.created'] });
  const [made, [request, response]] = await Promise.all([user('hook'), once(server, 'request')]);
  const body = await text(request);
  response.writeHead(204).end();
  const as = (body) => new Request(address, { method: 'POST', headers: request.headers, body });
  const event = await verifyWebhook(as(body), { signingSecret: endpoint.secret });
  assert.equal(event.type, 'user.created');
  assert.equal(event.data.id, made.id);
  await assert.rejects(verifyWebhook(as(body.replace('hook', 'hack')), { signingSecret: endpoint.secret }));
  await emulator('DELETE', `/webhooks/${endpoint.id}`);
  server.close();
});

// ---- sessions and requests ----

const page = 'http://localhost:3999/home';
const signedIn = await emulator('POST', '/sign_in', { email_address: 'browser@conformance.example', origin: 'http://localhost:3999' });
const cookies = (list) => list.map(({ name, value }) => `${name}=${value}`).join('; ');
const document_ = { accept: 'text/html', 'sec-fetch-dest': 'document' };
const authenticate = (headers, address = page) => clerk.authenticateRequest(new Request(address, { headers }), { proxyUrl: url, authorizedParties: ['http://localhost:3999'] });

await works('sessions: list, get, token by template, revoke', async () => {
  const { data } = await clerk.sessions.getSessionList({ userId: signedIn.user_id, status: 'active' });
  assert.equal(data[0].id, signedIn.session_id);
  const { jwt } = await clerk.sessions.getToken(signedIn.session_id, 'hasura');
  assert.equal(JSON.parse(atob(jwt.split('.')[1])).sub, signedIn.user_id);
  const other = await emulator('POST', '/sign_in', { email_address: 'browser@conformance.example' });
  assert.equal((await clerk.sessions.revokeSession(other.session_id)).status, 'revoked');
});

await works('verifyToken with the published keys', async () => {
  const claims = await verifyToken(signedIn.token, { secretKey, apiUrl: url });
  assert.equal(claims.sid, signedIn.session_id);
});

await works('authenticateRequest: signed in', async () => {
  const state = await authenticate({ ...document_, cookie: cookies(signedIn.cookies) });
  assert.equal(state.status, 'signed-in', state.reason);
  assert.equal(state.toAuth().userId, signedIn.user_id);
});

await works('authenticateRequest: signed out', async () => {
  const state = await authenticate({ accept: 'application/json' });
  assert.equal(state.status, 'signed-out');
});

async function handshake(start) {
  const asked = await authenticate({ ...document_, cookie: start });
  assert.equal(asked.status, 'handshake', asked.reason);
  const led = await fetch(asked.headers.get('location'), { redirect: 'manual' });
  assert.equal(led.status, 307);
  return authenticate({ ...document_, cookie: start }, led.headers.get('location'));
}

await works('authenticateRequest: handshake of a browser whose token is not there', async () => {
  const without = signedIn.cookies.filter(({ name }) => !name.startsWith('__session'));
  const state = await handshake(cookies(without));
  assert.equal(state.status, 'signed-in', state.reason);
  assert.equal(state.toAuth().sessionId, signedIn.session_id);
});

await works('authenticateRequest: handshake of a new browser', async () => {
  const state = await handshake('');
  assert.equal(state.status, 'signed-out');
});

await works('authenticateRequest: an expired token is renewed by its refresh cookie', async () => {
  // A sign-in of two minutes ago.
  await emulator('POST', '/clock', { advance_seconds: -120 });
  const before = await emulator('POST', '/sign_in', { email_address: 'before@conformance.example' });
  const asked = await authenticate({ ...document_, cookie: cookies(before.cookies.filter(({ name }) => !name.startsWith('__session'))) });
  const led = await fetch(asked.headers.get('location'), { redirect: 'manual' });
  const nonce = new URL(led.headers.get('location')).searchParams.get('__clerk_handshake_nonce');
  const { directives } = await clerk.clients.getHandshakePayload({ nonce });
  await emulator('POST', '/clock', { reset: true });
  const state = await authenticate({ ...document_, cookie: directives.map((line) => line.split(';')[0]).join('; ') });
  assert.equal(state.status, 'signed-in', state.reason);
  assert.equal(state.toAuth().sessionId, before.session_id);
  assert.ok(state.headers.getSetCookie().some((line) => line.startsWith('__session')));
});

await works('authenticateRequest: the organization of the address becomes active', async () => {
  const organization = await clerk.organizations.createOrganization({ name: 'Address', createdBy: signedIn.user_id });
  const options = { proxyUrl: url, organizationSyncOptions: { organizationPatterns: ['/orgs/:slug'] } };
  const address = `http://localhost:3999/orgs/${organization.slug}`;
  const ask = (address) => clerk.authenticateRequest(new Request(address, { headers: { ...document_, cookie: cookies(signedIn.cookies) } }), options);
  const asked = await ask(address);
  assert.equal(asked.status, 'handshake', asked.reason);
  const led = await fetch(asked.headers.get('location'), { redirect: 'manual' });
  const state = await ask(led.headers.get('location'));
  assert.equal(state.toAuth().orgId, organization.id);
});

await works('authenticateRequest: tokens of a rotated key stay good, forged ones are refused', async () => {
  await emulator('POST', '/keys/rotate');
  const bearer = (token) => clerk.authenticateRequest(new Request(page, { headers: { accept: 'application/json', authorization: `Bearer ${token}` } }), { proxyUrl: url });
  const before = await bearer(signedIn.token);
  assert.equal(before.status, "signed-in", before.reason + before.message);
  const { jwt } = await clerk.sessions.getToken(signedIn.session_id);
  const after = await bearer(jwt);
  assert.equal(after.status, "signed-in", after.reason + after.message);
  const [head, , signature] = jwt.split('.');
  const forged = `${head}.${btoa(JSON.stringify({ sub: 'user_other' })).replace(/=+$/, '')}.${signature}`;
  assert.equal((await bearer(forged)).status, 'signed-out');
});
