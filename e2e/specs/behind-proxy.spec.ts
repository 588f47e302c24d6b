import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { findFreePort } from '../../src-main/platform/http/free-port.ts';
import {
  isInstalled,
  runReverseProxy,
  type ProxyProgram,
} from '../../src-main/testing/run-reverse-proxy.ts';
import { expectAccessible } from '../fixtures/accessible.ts';
import { launchRuntime, type RunningRuntime } from '../fixtures/launch.ts';
import { aloneInTheNetwork, owner } from '../fixtures/machines.ts';
import { scripts } from '../fixtures/scripted-models.ts';
import { App } from '../pages/app.ts';

test.describe.configure({ timeout: 180_000 });
test.use({ ignoreHTTPSErrors: true });

const basePath = '/millpond';
const mainFolder = join(import.meta.dirname, '..', '..', 'src-main');
const certificateProgram = join(mainFolder, 'testing', 'write-certificate.ts');

interface Site extends AsyncDisposable {
  /** Such as `https://localhost:8443/millpond`. */
  readonly url: string;
  readonly runtime: RunningRuntime;
}

/** A gateway on a server, below a path of the proxy's site. */
async function openSite(program: ProxyProgram, user: string): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-proxy-'));
  const [certificate, key] = [join(folder, 'site.pem'), join(folder, 'site.key')];
  execFileSync(process.execPath, [certificateProgram, folder]);
  const [port, target] = [await findFreePort(), await findFreePort()];
  const url = `https://localhost:${port}${basePath}`;
  const runtime = await launchRuntime({
    settings: { ...aloneInTheNetwork, language: 'en', machineName: 'small-server' },
    pool: 'Lab',
    proxy: { port: target, publicUrl: url, userHeader: 'Remote-User' },
  });
  const site = { port, target, certificate, key, folder, basePath, user };
  const proxy = await runReverseProxy(program, site);
  return {
    ...{ url, runtime },
    async [Symbol.asyncDispose]() {
      await proxy.stop();
      await runtime.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Everything that the page asked its site for and did not get, and what its policy refused. */
function problemsOf(page: Page): readonly string[] {
  const problems: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 404) problems.push(response.url());
  });
  page.on('request', (request) => {
    const { protocol, pathname } = new URL(request.url());
    if (protocol.startsWith('http') && !`${pathname}/`.startsWith(`${basePath}/`)) {
      problems.push(`outside: ${request.url()}`);
    }
  });
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  return problems;
}

const programs: readonly ProxyProgram[] = ['nginx', 'caddy'];
for (const program of programs) {
  test.describe(`behind ${program}`, () => {
    test.skip(!isInstalled(program), `${program} is not installed here`);

    test('below a path of a site the window is set up, opened deep, reloaded, and answers live', async ({
      page,
    }) => {
      await using site = await openSite(program, '');
      const problems = problemsOf(page);
      const app = new App(page, site.url);
      // As people type it: nginx adds the slash itself.
      await page.goto(site.url);
      const { signInPage } = app;
      await expect(signInPage.title).toHaveText('Set up small-server');
      await signInPage.setUp(site.runtime.setUpCode ?? '', owner.name, owner.password);
      await app.rail.waitFor();

      for (const [path, tab] of [
        ['/server/keys', 'Keys'],
        ['/activity/usage', 'Usage'],
        ['/server/providers', 'Providers'],
      ] as const) {
        await page.goto(site.url + path);
        await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('data-state', 'active');
        await page.reload();
        await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('data-state', 'active');
        await expect(page).toHaveURL(site.url + path);
      }
      await page.goto(`${site.url}/server`);
      await expect(page.getByText(`${site.url}/v1`, { exact: true }).first()).toBeVisible();

      const live = page.waitForEvent('websocket');
      await app.railLink('Chat').click();
      await expect(page).toHaveURL(new RegExp(`${basePath}/chat`));
      await page.reload();
      expect((await live).url()).toMatch(new RegExp(`^wss://localhost:\\d+${basePath}/`));
      await app.chat.choose((await site.runtime.loaded('scripted')).name);
      await app.chat.ask('Hello');
      await expect(app.chat.answer).toContainText(scripts.greeting);
      await expect(page).toHaveURL(new RegExp(`${basePath}/chat/.`));
      expect(problems).toEqual([]);
    });

    test('whom the site has signed in goes on with one key, and a stranger is told whom to ask', async ({
      page,
    }) => {
      await using site = await openSite(program, 'Ann');
      const { control, setUpCode } = site.runtime;
      await control.session.setUp({
        code: setUpCode ?? '',
        name: owner.name,
        password: owner.password,
      });
      const app = new App(page, site.url);
      const { signInPage } = app;
      await page.goto(`${site.url}/activity/usage`);
      await expect(signInPage.title).toHaveText('Sign in to small-server');
      await expect(page.getByRole('button').first()).toHaveText('Continue as Ann');
      await signInPage.continueAs('Ann').click();
      await expect(signInPage.refusal).toHaveText(
        'Nobody has added Ann here yet: ask whoever keeps this gateway.',
      );
      await expectAccessible(page);
      await page.getByRole('button', { name: 'I have a code' }).click();
      await expect(page.getByLabel('Code', { exact: true })).toBeVisible();
      await page.getByRole('button', { name: 'Sign in with a name and password' }).click();
      await expect(page.getByLabel('Password', { exact: true })).toBeVisible();

      await control.people.create({ name: 'Ann', role: 'viewer' });
      await page.reload();
      await signInPage.continueAs('Ann').waitFor();
      await page.keyboard.press('Tab');
      await expect(signInPage.continueAs('Ann')).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(page.getByText('Ann, viewer')).toBeVisible();
      await expect(page.getByRole('tab', { name: 'Usage' })).toBeVisible();
    });
  });
}
