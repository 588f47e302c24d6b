import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll } from '../fixtures/accessible.ts';
import { desktopKind, launchDesktop } from '../fixtures/desktop.ts';
import { launchRuntime } from '../fixtures/launch.ts';
import type { RunningRuntime } from '../fixtures/launch.ts';
import { App } from '../pages/app.ts';

// A look at everything starts an engine of its own.
const patience = { timeout: 120_000 };

async function takePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, [Symbol.dispose]: () => void server.close() };
}

async function openHelp(page: Page, runtime: RunningRuntime): Promise<void> {
  const app = new App(page, runtime.origin);
  await app.signIn(await runtime.loginUrl());
  await app.open('Settings');
  await page.getByRole('link', { name: 'About', exact: true }).click();
  await page.getByRole('button', { name: 'Something is wrong' }).click();
  await expect(page.getByRole('status').filter({ hasText: /look at|in order/ })).toBeVisible(
    patience,
  );
}

test('DOCTOR: a taken port is named, and the button beside it really chooses a free one', async ({
  page,
}) => {
  test.slow();
  using taken = await takePort();
  await using runtime = await launchRuntime({
    settings: { language: 'en', theme: 'light', port: taken.port },
  });
  await openHelp(page, runtime);
  const finding = page.getByRole('listitem').filter({ hasText: `Port ${taken.port}` });
  await expect(finding).toContainText(/taken by .*process \d+/);
  await expectAccessible(page);
  await finding.getByRole('button', { name: 'Choose a free port' }).click();
  await expect(finding).toHaveCount(0, patience);
  expect((await runtime.control.settings.get({})).port).not.toBe(taken.port);

  await page.getByRole('button', { name: 'Read the report' }).click();
  const dialog = page.getByRole('dialog', { name: 'Report' });
  const text = dialog.getByRole('region', { name: 'Text of the report' });
  await expect(text).toContainText('## Machine', patience);
  await expectAccessible(page);
  await dialog.getByRole('switch', { name: 'Log' }).click();
  await expect(text).not.toContainText('## Log');
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save the report' }).click();
  const saved = readFileSync(await (await download).path(), 'utf8');
  expect(saved).toContain('# Report of Millpond');
  expect(saved).not.toContain('## Log');
  expect(saved).toBe(await text.textContent());
});

test('DOCTOR: a copy is made, and restoring it brings back what was there', async ({ page }) => {
  test.slow();
  await using runtime = await launchRuntime({ settings: { language: 'en', theme: 'light' } });
  const { control } = runtime;
  await control.server.createKey({ name: 'before' });
  const app = new App(page, runtime.origin);
  await app.signIn(await runtime.loginUrl());
  await app.open('Settings');
  await page.getByRole('link', { name: 'Your data', exact: true }).click();
  await page.getByRole('button', { name: 'Back up now' }).click();
  const copy = page.getByRole('listitem').filter({ hasText: 'Made by you.' });
  await expect(copy).toHaveCount(1);
  await control.server.createKey({ name: 'after' });
  await copy.getByRole('button', { name: /Restore/ }).click();
  const dialog = page.getByRole('dialog', { name: /Restore the copy/ });
  await expect(dialog).toContainText('kept as a copy of its own');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Restore and restart' }).click();
  await expect(page.getByText('What an earlier restore replaced.')).toBeVisible(patience);
  await page.goto(`${runtime.origin}/server/keys`);
  await expect(page.getByText('before', { exact: true })).toBeVisible();
  await expect(page.getByText('after', { exact: true })).toHaveCount(0);
});

test('DOCTOR: safe mode says so in a bar, which leads back', async ({ page }) => {
  test.slow();
  await using runtime = await launchRuntime({
    settings: { language: 'en', theme: 'dark', memoryShare: 0.5 },
  });
  await openHelp(page, runtime);
  await page.getByRole('button', { name: 'Restart in safe mode' }).click();
  const bar = page.getByRole('status').filter({ hasText: 'Safe mode is on' });
  await expect(bar).toBeVisible(patience);
  await expectAccessible(page);
  await page.setViewportSize({ width: 400, height: 800 });
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await bar.getByRole('button', { name: 'Start normally' }).click();
  await expect(bar).toBeHidden(patience);
});

test(`DOCTOR: the desktop shell that cannot start offers safe mode, on ${desktopKind}`, async () => {
  test.skip(desktopKind === 'Electron', 'a native dialog cannot be pressed from here');
  test.slow();
  const home = mkdtempSync(join(tmpdir(), 'millpond-trouble-'));
  writeFileSync(join(home, 'settings.json'), '{"version": 999}');
  try {
    // The stand-in presses the first button of every dialog.
    await using desktop = await launchDesktop({ home });
    await expect(desktop.window.getByText('Safe mode is on')).toBeVisible(patience);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
