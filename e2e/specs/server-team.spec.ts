import type { Page } from '@playwright/test';
import { startMockProvider } from '../../src-main/testing/mock-provider/start-mock-provider.ts';
import type { MockProvider } from '../../src-main/testing/mock-provider/start-mock-provider.ts';
import { expectAccessible } from '../fixtures/accessible.ts';
import type { RunningRuntime } from '../fixtures/launch.ts';
import { expect, test } from '../fixtures/test.ts';
import type { App } from '../pages/app.ts';

let mock: MockProvider;

test.beforeAll(async () => {
  mock = await startMockProvider({ models: ['pond-large', 'pond-small'] });
});

test.afterAll(async () => {
  await mock.close();
});

/** Two steps: which one, then its address and key. */
async function addProvider(app: App, name: string): Promise<void> {
  const { dialog } = app.server;
  await app.page.getByRole('button', { name: 'Add a provider' }).click();
  await dialog.getByRole('searchbox').fill('compatible');
  await dialog.getByRole('button', { name: /^OpenAI-compatible/ }).click();
  await dialog.getByRole('textbox', { name: 'Address' }).fill(mock.baseUrl);
  await dialog.getByRole('textbox', { name: /^Keys/ }).fill('sk-canary-0123456789abcdef');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await dialog.getByRole('button', { name: 'Check and add' }).click();
  await expect(dialog.getByRole('heading', { name: `${name} answers` })).toBeVisible();
}

test('a provider is added in two steps, renamed in place, and never shows its key', async ({
  app,
  page,
  runtime,
}) => {
  await app.open('Server');
  await app.server.openView('Providers');
  await addProvider(app, 'mill');
  await expect(app.server.dialog).toContainText('2 models are served now');
  await expectAccessible(page);
  await app.server.dialog.getByRole('button', { name: 'Done' }).click();

  const card = app.server.provider('mill');
  await expect(card).toContainText('Healthy');
  await card.locator('summary').click();
  const name = card.getByRole('textbox', { name: 'Name of pond-large here' });
  await name.fill('large');
  await name.press('Enter');
  await card.getByRole('switch', { name: 'Serve pond-small' }).click();
  await expect(card).toContainText('1 of 2 models served');
  await expect(page.getByText('sk-canary-0123456789abcdef')).toHaveCount(0);

  const { providers } = await runtime.control.providers.list({});
  expect(providers.find((provider) => provider.name === 'mill')?.models).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ upstreamName: 'pond-large', name: 'large', isServed: true }),
      expect.objectContaining({ upstreamName: 'pond-small', isServed: false }),
    ]),
  );
});

test('E18: an open breaker stands on the page with its reason, and is closed by hand', async ({
  app,
  page,
  runtime,
}) => {
  const { control, origin } = runtime;
  const provider = await control.providers.add({
    ...{ preset: 'custom', name: 'weak', baseUrl: mock.baseUrl, keys: ['sk-weak'] },
  });
  const { key } = await control.server.createKey({ name: 'breaker' });
  const ask = async (): Promise<number> => {
    const response = await fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'pond-small@weak',
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    });
    await response.text();
    return response.status;
  };
  await app.open('Server');
  await app.server.openView('Providers');
  const card = app.server.provider('weak');
  await expect(card).toContainText('Healthy');
  const before = mock.calls.length;
  mock.behave = (_call, number) => ({ kind: number % 2 === 0 ? 'server-error' : 'well' });
  try {
    for (let call = 0; call < 10; call += 1) await ask();
    await expect(card.getByRole('status')).toContainText('Breaker open');
    await expect(card.getByRole('status')).toContainText('failed too often');
    expect(mock.calls.length - before).toBe(10);
  } finally {
    mock.behave = () => ({ kind: 'well' });
  }
  await card.getByRole('button', { name: 'Try now: weak' }).click();
  await expect(card.getByRole('status')).not.toContainText('Breaker open');
  expect(await ask()).toBe(200);
  await expect(card.getByRole('status')).toContainText('Healthy');
  await expectAccessible(page);
  await control.providers.remove({ id: provider.id });
});

test('an alias is put in another order by the keyboard, and says who reads the prompts', async ({
  app,
  page,
  runtime,
}) => {
  const provider = await runtime.control.providers.add({
    ...{ preset: 'custom', name: 'cloudy', baseUrl: mock.baseUrl, keys: ['k'] },
    access: 'everybody',
  });
  await app.open('Server');
  await app.server.openView('Models and prices');
  const { dialog } = app.server;
  await page.getByRole('button', { name: 'New alias' }).click();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('best');
  await dialog.getByRole('combobox', { name: 'Add a model…' }).selectOption('guide');
  await dialog.getByRole('combobox', { name: 'Add a model…' }).selectOption('pond-small');
  await dialog.getByRole('button', { name: 'Move pond-small up' }).press('Enter');
  await expect(dialog.getByRole('status')).toHaveText('pond-small is now number 1');
  await expect(dialog.getByText(/cloudy is left out/)).toBeVisible();
  await dialog.getByRole('switch', { name: 'May go to a cloud provider' }).click();
  await expect(dialog.getByText(/cloudy reads the prompts/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('listitem', { name: 'best' })).toBeVisible();
  const { aliases } = await runtime.control.aliases.list({});
  expect(aliases.find(({ name }) => name === 'best')).toMatchObject({
    cloud: true,
    members: [{ model: 'pond-small' }, { model: 'guide' }],
  });
  await runtime.control.aliases.remove({ name: 'best' });
  await runtime.control.providers.remove({ id: provider.id });
});

test('a price that was typed is the one that counts', async ({ app, page, runtime }) => {
  await app.open('Server');
  await app.server.openView('Models and prices');
  const { dialog } = app.server;
  await page.getByRole('button', { name: 'Set a price' }).click();
  await dialog.getByRole('textbox', { name: 'Model' }).fill('pond-large');
  await dialog.getByRole('textbox', { name: 'In', exact: true }).fill('2.50');
  await dialog.getByRole('textbox', { name: 'Out', exact: true }).fill('0.075');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const row = page.getByRole('row').filter({ hasText: 'pond-large' });
  await expect(row).toContainText('$2.50');
  const { prices } = await runtime.control.prices.list({});
  expect(prices.find(({ model }) => model === 'pond-large')?.tiers).toMatchObject([
    { inputMicros: 2_500_000, outputMicros: 75_000 },
  ]);
});

test('a person is added with a code that is shown once, and comes in with it', async ({
  app,
  browser,
  page,
  runtime,
}) => {
  await ownPassword(runtime);
  await app.open('Server');
  await app.server.openView('People');
  await page.getByRole('button', { name: 'Add a person' }).click();
  await app.server.dialog.getByRole('textbox', { name: 'Name' }).fill('Ines');
  await app.server.dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const code = await app.server.dialog.getByRole('code').innerText();
  await expect(app.server.dialog.getByLabel('Text to send')).toHaveValue(new RegExp(code));
  await app.server.dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(code)).toHaveCount(0);

  const other = await (await browser.newContext()).newPage();
  await redeem(other, runtime.origin, code);
  await expect(other.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await other.context().close();
});

test('somebody without a machine is put into the pool with the account, and out again', async ({
  app,
  page,
  runtime,
}) => {
  const { control } = runtime;
  const pool = await control.pools.start({ name: 'Lab', password: 'the owner’s own' });
  const memberNames = async () =>
    (await control.pools.members({ id: pool.id })).members.map(({ name }) => name);
  const { dialog } = app.server;
  await app.open('Server');
  await app.server.openView('People');
  await page.getByRole('button', { name: 'Add a person' }).click();
  const lab = dialog.getByRole('group', { name: 'Pools' }).getByRole('checkbox', { name: 'Lab' });
  await expect(lab).toBeChecked();
  await expectAccessible(page);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Olu');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('row', { name: /^Olu/ })).toContainText('Lab');
  expect(await memberNames()).toContain('Olu');

  await page.getByRole('button', { name: 'More about Olu' }).click();
  await page.getByRole('menuitem', { name: 'Name, pools and limits' }).click();
  await lab.uncheck();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  expect(await memberNames()).not.toContain('Olu');
  await control.pools.remove({ id: pool.id });
  // From the first pool on every tool needs a key; the specs that follow share this gateway.
  await control.server.update({ keyless: true });
});

test('lines of an import that are wrong are named, and the others are made', async ({
  app,
  page,
}) => {
  await app.open('Server');
  await app.server.openView('People');
  await page.getByRole('button', { name: 'Import people' }).click();
  const { dialog } = app.server;
  await dialog.getByRole('textbox', { name: 'One person a line' }).fill('Ada,member\nGrace,king');
  await dialog.getByRole('button', { name: 'Add them' }).click();
  await expect(dialog.getByRole('heading', { name: '1 person added' })).toBeVisible();
  await expect(dialog.getByRole('alert')).toContainText('Line 2:');
});

test('a config text that is wrong leads to its line and column', async ({ app, page }) => {
  await app.open('Server');
  await app.server.openView('Config');
  const text = page.getByRole('textbox', { name: 'Text of a config file' });
  await text.fill('providers: 7\nnonsense: 1\n');
  await page.getByRole('button', { name: 'Check it' }).click();
  const places = page.getByRole('button', { name: /^Line \d+, column \d+$/ });
  await expect(places.first()).toBeVisible();
  await places.first().click();
  await expect(text).toBeFocused();
});

test('E24: a viewer sees usage and the log, and finds nothing to press that writes', async ({
  browser,
  runtime,
}) => {
  await ownPassword(runtime);
  const { code } = await runtime.control.people.create({ name: 'Vera', role: 'viewer' });
  const page = await (await browser.newContext()).newPage();
  await redeem(page, runtime.origin, code);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();

  await page.goto(`${runtime.origin}/activity`);
  const tabs = page.getByRole('main').getByRole('tab');
  await expect(tabs).toHaveText(['Live and log', 'Usage']);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.getByRole('tab', { name: 'Usage' }).click();
  await expect(page.getByRole('combobox', { name: 'Days' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expectAccessible(page);

  for (const path of ['/server', '/server/keys', '/server/people', '/server/providers']) {
    await page.goto(runtime.origin + path);
    await expect(page.getByRole('main').getByRole('tab', { name: 'Overview' })).toBeVisible();
    await expect(page.getByRole('tab', { name: /^(?:Keys|People|Providers|Config)$/ })).toHaveCount(
      0,
    );
    const writing = page.getByRole('button', { name: /^(?:New|Add|Remove|Revoke|Change|Import)/ });
    await expect(writing).toHaveCount(0);
    await expect(page.getByRole('main').getByRole('switch')).toHaveCount(0);
  }
  await page.context().close();
});

/** Nobody else can sign in before the gateway has an owner with a password. */
async function ownPassword({ control }: RunningRuntime): Promise<void> {
  const { hasPassword } = await control.session.welcome({});
  if (!hasPassword) await control.pools.setPassword({ password: 'the owner’s own' });
}

/** Comes in with a one-time code, as whoever got it does. */
async function redeem(page: Page, origin: string, code: string): Promise<void> {
  await page.goto(origin);
  await page.getByRole('button', { name: 'I have a code' }).click();
  await page.getByLabel('Code', { exact: true }).fill(code);
  await page.getByLabel('Password', { exact: true }).fill('long enough 1');
  await page.getByLabel('Password again').fill('long enough 1');
  await page.getByRole('button', { name: 'Keep the password and enter' }).click();
}
