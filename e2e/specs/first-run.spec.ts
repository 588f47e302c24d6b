import { request as httpRequest } from 'node:http';
import { networkInterfaces } from 'node:os';
import { launchRuntime } from '../fixtures/launch.ts';
import { scripts } from '../fixtures/scripted-models.ts';
import { expect, test } from '../fixtures/test.ts';
import { App } from '../pages/app.ts';

test('E1: from an empty profile to an answer: no account, no password, one click', async ({
  page,
}) => {
  await using runtime = await launchRuntime({ scriptedModels: false });
  const app = new App(page, runtime.origin);
  await app.signIn(await runtime.loginUrl());
  await expect(page).not.toHaveURL(/code=/);
  await expect(page.getByLabel(/password/i)).toHaveCount(0);

  await expect(app.chat.composer).toBeFocused();
  await page.keyboard.type('What is Millpond?');
  await app.chat.sendButton.click();
  await expect(app.chat.receipt()).toBeVisible({ timeout: 60_000 });
  await expect(app.chat.answer).toContainText(/Millpond/);
});

test('E1: with a model of one’s own it is three clicks from the first start to its answer', async ({
  page,
}) => {
  await using runtime = await launchRuntime({ settings: { language: 'en' } });
  const app = new App(page, runtime.origin);
  await app.signIn(await runtime.loginUrl());
  await page.evaluate(() => {
    Object.assign(globalThis, { clicks: 0 });
    addEventListener('click', () => {
      Object.assign(globalThis, { clicks: Number(Reflect.get(globalThis, 'clicks')) + 1 });
    });
  });
  await app.chat.choose((await runtime.model('scripted')).name);
  await app.chat.send('Hello');
  await expect(app.chat.answer).toContainText(scripts.greeting);
  expect(await page.evaluate(() => Number(Reflect.get(globalThis, 'clicks')))).toBe(3);
});

test('E1: a first start listens on loopback only and accepts no guessed login', async () => {
  await using runtime = await launchRuntime({ scriptedModels: false });
  const { port } = new URL(runtime.origin);
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address !== undefined && !address.internal && address.family === 'IPv4');
  test.skip(outside === undefined, 'this machine has no address besides loopback');
  await expect(reach(outside?.address ?? '', port)).rejects.toThrow(/ECONNREFUSED/);
  await expect(reach('127.0.0.1', port)).resolves.toBe(200);

  const guess = await fetch(`${runtime.origin}/control/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'admin-admin-admin-admin' }),
  });
  expect(guess.status).toBe(401);
});

function reach(host: string, port: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`http://${host}:${port}/health`, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}

test('a login address works once', async ({ page, browser }) => {
  await using runtime = await launchRuntime({ scriptedModels: false });
  const loginUrl = await runtime.loginUrl();
  await new App(page, runtime.origin).signIn(loginUrl);
  const stranger = await browser.newPage();
  await stranger.goto(loginUrl);
  await expect(stranger.getByText(/millpond open/)).toBeVisible();
  await expect(stranger.getByRole('textbox', { name: 'Message' })).toHaveCount(0);
});
