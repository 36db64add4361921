// @clerk/express: a server whose middleware lets people in.

import assert from 'node:assert/strict';
import { clerkClient, clerkMiddleware, getAuth } from '@clerk/express';
import express from 'express';
import { emulator, publishableKey, says, secretKey, url, works } from './harness.mjs';

says('@clerk/express');

const app = express();
app.use(clerkMiddleware({ publishableKey, secretKey, apiUrl: url, proxyUrl: url }));
app.get('/me', async (request, response) => {
  const { userId } = getAuth(request);
  if (!userId) return response.status(401).json({ error: 'signed out' });
  const user = await clerkClient.users.getUser(userId);
  response.json({ email: user.primaryEmailAddress.emailAddress });
});
const server = await new Promise((resolve) => { const it = app.listen(0, '127.0.0.1', () => resolve(it)); });
const address = `http://127.0.0.1:${server.address().port}`;

await works('a bearer token is a person', async () => {
  const made = await emulator('POST', '/sign_in', { email_address: 'express@conformance.example', origin: address });
  const answer = await fetch(`${address}/me`, { headers: { authorization: `Bearer ${made.token}` } });
  assert.deepEqual(await answer.json(), { email: 'express@conformance.example' });
});

await works('nobody is nobody', async () => {
  assert.equal((await fetch(`${address}/me`, { headers: { accept: 'application/json' } })).status, 401);
});

await works('a browser without cookies is sent through the handshake', async () => {
  const answer = await fetch(`${address}/me`, { headers: { accept: 'text/html', 'sec-fetch-dest': 'document' }, redirect: 'manual' });
  assert.equal(answer.status, 307);
  const led = await fetch(answer.headers.get('location'), { redirect: 'manual' });
  assert.match(led.headers.get('location'), /__clerk_handshake/);
});

server.close();
