import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveFeed } from '../../build/feed/feed-server.fixture.ts';
import type { FeedServer } from '../../build/feed/feed-server.fixture.ts';
import { makeReleases, siteFolder } from '../../build/feed/releases.fixture.ts';
import { servePackaged } from '../../build/pack/packaged-server.ts';
import type { PackagedServer } from '../../build/pack/packaged-server.ts';
import { readRuntimeFile } from '../../src-main/platform/runtime-file.ts';
import { expectAccessible, expectNoSidewaysScroll } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/test.ts';
import { App } from '../pages/app.ts';

test('UPDATE: a checkout of the source says how it is updated, and asks nobody', async ({
  app,
  page,
}) => {
  await app.open('Settings');
  await page.getByRole('link', { name: 'Updates', exact: true }).click();
  await expect(page.getByText('git pull && npm ci')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Look now' })).toHaveCount(0);
});

test.describe('an installed version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-updates-e2e-'));
  const root = join(folder, 'Millpond');
  let feed: FeedServer;
  let server: PackagedServer;

  test.beforeAll(async () => {
    test.setTimeout(300_000);
    mkdirSync(join(folder, siteFolder));
    feed = await serveFeed(join(folder, siteFolder));
    const releases = await makeReleases(folder, feed.origin);
    await releases.install(root, '0.1.0');
    await releases.publish('0.2.0', { isTruncated: true });
    const command = join(root, 'resources', 'bin', 'millpond');
    server = await servePackaged({
      ...{ command: [command], dataFolder: join(folder, 'data'), homeFolder: folder },
    });
  });

  test.afterAll(async () => {
    await server.stop();
    await feed.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function loginUrl(): Promise<string> {
    const info = await readRuntimeFile(join(folder, 'data', 'runtime.json'));
    const response = await fetch(`${server.origin}/control/session/codes`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${info?.ownerToken ?? ''}`,
        'content-type': 'application/json',
      },
      body: '{}',
    });
    const { code } = (await response.json()) as { readonly code: string };
    return `${server.origin}/#code=${code}`;
  }

  test('UPDATE: says what is new, can be put off, and tells why a version was thrown away', async ({
    page,
  }) => {
    const app = new App(page, server.origin);
    await app.signIn(await loginUrl());
    await app.open('Settings');
    await page.getByRole('link', { name: 'Updates', exact: true }).click();
    await expect(page.getByText('Nobody has looked for a newer version yet.')).toBeVisible();
    await page.getByRole('button', { name: 'Look now' }).click();
    await expect(page.getByRole('heading', { name: 'Millpond 0.2.0 is there' })).toBeVisible();
    await expect(
      page.getByRole('listitem').filter({ hasText: 'What is new in 0.2.0' }),
    ).toBeVisible();
    await expectAccessible(page);

    await app.open('Chat');
    await expect(page.getByText('Millpond 0.2.0 is there')).toBeVisible();
    await page.getByRole('button', { name: 'Later' }).click();
    await expect(page.getByText('Millpond 0.2.0 is there')).toHaveCount(0);

    await app.open('Settings');
    await page.getByRole('link', { name: 'Updates', exact: true }).click();
    await page.getByRole('button', { name: 'Update', exact: true }).click();
    await expect(page.getByText('Millpond 0.2.0 could not be unpacked')).toBeVisible();
    await expect(page.getByText('Nothing was changed')).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 400, height: 820 });
    await expectNoSidewaysScroll(page);
  });
});
