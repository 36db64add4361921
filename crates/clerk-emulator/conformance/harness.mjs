// What every check shares: the emulator's address and keys, and a line for each thing that works.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const url = process.env.CLERK_API_URL;
export const secretKey = process.env.CLERK_SECRET_KEY;
export const publishableKey = process.env.CLERK_PUBLISHABLE_KEY;

/** The version of an installed package. */
export function version(name) {
  const path = createRequire(join(process.cwd(), 'x.js')).resolve.paths(name)
    .map((folder) => join(folder, name, 'package.json'))
    .find((file) => { try { readFileSync(file); return true; } catch { return false; } });
  return JSON.parse(readFileSync(path)).version;
}

export function says(name) {
  console.log(`\n${name} ${version(name)}`);
}

export async function works(what, check) {
  try {
    await check();
    console.log(`  ✓ ${what}`);
  } catch (error) {
    console.log(`  ✗ ${what}\n    ${error.errors ? JSON.stringify(error.errors) : error.stack}`);
    process.exitCode = 1;
  }
}

/** Calls the emulator's own API. */
export async function emulator(method, path, body) {
  const answer = await fetch(`${url}/emulator${path}`, {
    method,
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}
