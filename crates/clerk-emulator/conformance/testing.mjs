// @clerk/testing with Playwright's API, and pages of @clerk/vue and @clerk/react built by Vite:
// in the Chromium that this machine has.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createClerkClient } from '@clerk/backend';
import { clerk, clerkSetup, setupClerkTestingToken } from '@clerk/testing/playwright';
import { chromium } from 'playwright-core';
import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';
import { build, preview } from 'vite';
import { publishableKey, says, secretKey, url, version, works } from './harness.mjs';

const password = 'correct horse battery';
const backend = createClerkClient({ secretKey, publishableKey, apiUrl: url });
await backend.users.createUser({ emailAddress: ['testing+clerk_test@conformance.example'], password, firstName: 'Ada', lastName: 'Lovelace' });

const PAGES = {
  react: {
    package: '@clerk/react',
    plugin: react(),
    main: `
      import { createElement as h } from 'react';
      import { createRoot } from 'react-dom/client';
      import { ClerkProvider, SignIn, UserButton, useUser } from '@clerk/react';
      function Page() {
        const { isLoaded, isSignedIn, user } = useUser();
        if (!isLoaded) return h('p', null, 'Initializing…');
        return isSignedIn ? h('div', null, h('p', null, 'Welcome, ' + user.fullName), h(UserButton)) : h(SignIn, { routing: 'hash' });
      }
      createRoot(document.querySelector('#app')).render(h(ClerkProvider, { publishableKey: import.meta.env.VITE_KEY, proxyUrl: import.meta.env.VITE_URL }, h(Page)));`,
  },
  vue: {
    package: '@clerk/vue',
    plugin: vue(),
    main: `
      import { createApp, h } from 'vue';
      import { SignIn, UserButton, clerkPlugin, useUser } from '@clerk/vue';
      createApp({
        setup() {
          const { isLoaded, isSignedIn, user } = useUser();
          return () => !isLoaded.value ? h('p', 'Initializing…')
            : isSignedIn.value ? h('div', [h('p', 'Welcome, ' + user.value.fullName), h(UserButton)]) : h(SignIn, { routing: 'hash' });
        },
      }).use(clerkPlugin, { publishableKey: import.meta.env.VITE_KEY, proxyUrl: import.meta.env.VITE_URL }).mount('#app');`,
  },
};

async function served(name) {
  const root = `pages/${name}`;
  mkdirSync(root, { recursive: true });
  writeFileSync(`${root}/index.html`, '<!doctype html><html lang="en"><title>x</title><div id="app"></div><script type="module" src="/main.js"></script>');
  writeFileSync(`${root}/main.js`, PAGES[name].main);
  const define = { 'import.meta.env.VITE_KEY': JSON.stringify(publishableKey), 'import.meta.env.VITE_URL': JSON.stringify('/__clerk') };
  const config = { root, configFile: false, logLevel: 'error', plugins: [PAGES[name].plugin], define, build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 5000 } };
  await build(config);
  // Without TLS, clerk-js takes a proxy on the page's own origin only.
  const proxy = { '/__clerk': { target: url, rewrite: (path) => path.replace('/__clerk', '') } };
  return preview({ ...config, preview: { port: 0, host: 'localhost', strictPort: false, proxy } });
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
process.env.CLERK_FAPI = url.replace('http://', '');

for (const name of Object.keys(PAGES)) {
  says(PAGES[name].package);
  const server = await served(name);
  const address = server.resolvedUrls.local[0];
  const context = await browser.newContext();
  const page = await context.newPage();
  await works('a person signs in by the prebuilt form', async () => {
    await page.goto(address);
    await page.getByLabel('Email address').fill('testing+clerk_test@conformance.example');
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByText('Welcome, Ada Lovelace').waitFor();
    await page.getByLabel('Open user menu').waitFor();
  });
  await works('and is still signed in after a reload', async () => {
    await page.reload();
    await page.getByText('Welcome, Ada Lovelace').waitFor();
  });
  await context.close();

  if (name === 'react') {
    console.log(`\n@clerk/testing ${version('@clerk/testing')} with playwright-core ${version('playwright-core')}`);
    const context = await browser.newContext();
    const page = await context.newPage();
    await works('clerkSetup, setupClerkTestingToken, signIn by password, signOut', async () => {
      await clerkSetup({ publishableKey, secretKey, frontendApiUrl: process.env.CLERK_FAPI, dotenv: false });
      await setupClerkTestingToken({ page });
      await page.goto(address);
      await clerk.signIn({ page, signInParams: { strategy: 'password', identifier: 'testing+clerk_test@conformance.example', password } });
      await page.getByText('Welcome, Ada Lovelace').waitFor();
      await clerk.signOut({ page });
      await page.getByLabel('Email address').waitFor();
    });
    await works('signIn by e-mail code', async () => {
      await clerk.signIn({ page, signInParams: { strategy: 'email_code', identifier: 'testing+clerk_test@conformance.example' } });
      await page.getByText('Welcome, Ada Lovelace').waitFor();
    });
    await context.close();
  }
  await new Promise((resolve) => server.httpServer.close(resolve));
}
await browser.close();
process.exit();
