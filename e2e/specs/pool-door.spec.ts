import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll } from '../fixtures/accessible.ts';
import { launchRuntime, type RunningRuntime } from '../fixtures/launch.ts';
import { aloneInTheNetwork, owner, startMachine, startPool } from '../fixtures/machines.ts';
import { openPinnedBrowser } from '../fixtures/pinned-browser.ts';
import { App } from '../pages/app.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test.describe.configure({ timeout: 180_000 });

/** Wrong passwords in a row before somebody has to wait. */
const freeTries = 5;

/** Where others find the gateway, and the key that they know it by. */
async function doorOf({ control }: RunningRuntime) {
  const { reach } = await control.pools.list({});
  return { url: `https://127.0.0.1:${reach.port}`, spki: reach.fingerprint };
}

test('the window stands at the public address behind the pinned certificate, for whoever has the password', async ({
  browser,
  launchOptions,
}) => {
  await using host = await startMachine(browser, { name: 'mill-house', scriptedModels: false });
  await startPool(host, 'Mill');
  const { url, spki } = await doorOf(host.runtime);
  await using away = await openPinnedBrowser(launchOptions, spki);
  const { page } = away;
  const app = new App(page, url);
  const { signInPage } = app;

  await page.goto(url);
  await expect(signInPage.title).toHaveText('Sign in to mill-house');
  await expectAccessible(page);
  await signInPage.signIn('not the password');
  await expect(page.getByText('Name and password do not belong together.')).toBeVisible();
  await signInPage.signIn(owner.password);
  await app.rail.waitFor();
  await app.open('Pool');
  await expect(app.pool.title('Mill')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();

  for (let tries = 0; tries <= freeTries; tries += 1) {
    const answered = page.waitForResponse((response) => response.url().endsWith('/sign-in'));
    await signInPage.signIn(`wrong password ${tries}`);
    await answered;
  }
  await expect(page.getByText('Too many wrong passwords.')).toBeVisible();
  await expectAccessible(page);

  const code = (await host.app.pool.invite()).split('/').at(-1) ?? '';
  await page.goto(`${url}/join#${code}`);
  await expect(signInPage.openInApp).toHaveAttribute('href', `millpond://join/${code}`);
  await expectAccessible(page);

  const otherKey = createHash('sha256').update('another gateway').digest('base64url');
  await using misled = await openPinnedBrowser(launchOptions, otherKey);
  await expect(misled.page.goto(url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
});

test('a gateway on a server shows its set-up to whoever can read its log, and nothing else', async ({
  launchOptions,
}) => {
  const settings = { ...aloneInTheNetwork, machineName: 'small-server' };
  await using runtime = await launchRuntime({ scriptedModels: false, settings, pool: 'Lab' });
  const { url, spki } = await doorOf(runtime);
  await using away = await openPinnedBrowser(launchOptions, spki);
  const { page } = away;
  const app = new App(page, url);
  const signInPage = new SignInPage(page);

  await page.setViewportSize({ width: 400, height: 820 });
  await page.goto(`${url}/pool`);
  await expect(signInPage.title).toHaveText('Set up small-server');
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await signInPage.setUp('not-the-code-of-the-log', owner.name, owner.password);
  await expect(signInPage.refusal).toContainText(/The code is not right/);
  await signInPage.setUp(runtime.setUpCode ?? '', owner.name, owner.password);
  await expect(app.pool.title('Lab')).toBeVisible();
  await expectNoSidewaysScroll(page);
  expect((await fetch(`${runtime.origin}/control/welcome`)).status).toBe(200);
  expect(await runtime.control.session.me({})).toMatchObject({ name: owner.name, role: 'owner' });
});

/** A certificate for `localhost`, as somebody brings one, and the pin of its key. */
async function ownCertificate(folder: string) {
  await mkdir(folder, { recursive: true });
  const [tlsCert, tlsKey] = [join(folder, 'site.pem'), join(folder, 'site.key')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', tlsKey, '-out', tlsCert];
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30'];
  await promisify(execFile)('openssl', ['req', ...kind, ...subject, ...files]);
  const { publicKey } = new X509Certificate(await readFile(tlsCert));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { tlsCert, tlsKey, pin: createHash('sha256').update(spki).digest('base64url') };
}

test('a browser that comes by the name of the owner’s certificate gets that one, and only by the name', async ({
  launchOptions,
}, testInfo) => {
  const { tlsCert, tlsKey, pin } = await ownCertificate(testInfo.outputDir);
  const settings = { ...aloneInTheNetwork, machineName: 'small-server', tlsCert, tlsKey };
  await using runtime = await launchRuntime({ scriptedModels: false, settings, pool: 'Lab' });
  const { url, spki } = await doorOf(runtime);
  const byName = url.replace('127.0.0.1', 'localhost');
  await using away = await openPinnedBrowser(launchOptions, pin);
  await away.page.goto(byName);
  await expect(new SignInPage(away.page).title).toHaveText('Set up small-server');
  await expect(away.page.goto(url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  await using member = await openPinnedBrowser(launchOptions, spki);
  await member.page.goto(url);
  await expect(new SignInPage(member.page).title).toHaveText('Set up small-server');
  expect(await runtime.control.server.status({})).toMatchObject({
    ...{ publicUrl: `${byName}/v1`, publicCertificate: { kind: 'public' } },
  });
});
