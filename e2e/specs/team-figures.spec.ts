import type { Page } from '@playwright/test';
import { startMockProvider } from '../../src-main/testing/mock-provider/start-mock-provider.ts';
import { launchRuntime, type RunningRuntime } from '../fixtures/launch.ts';
import { expect, test } from '../fixtures/test.ts';
import { App } from '../pages/app.ts';
import { promisedMs } from '../../src-main/testing/patience.ts';

const priced = 'pond-large';
const unpriced = 'pond-small';

interface Team extends AsyncDisposable {
  readonly runtime: RunningRuntime;
  readonly app: App;
}

/** A fresh gateway with a provider of two models, of which one has a price, and its dashboard. */
async function openTeam(page: Page): Promise<Team> {
  const mock = await startMockProvider({ models: [priced, unpriced], pieces: 2 });
  const runtime = await launchRuntime({
    scriptedModels: false,
    settings: { language: 'en', loadAtStart: false },
  });
  await runtime.control.providers.add({
    ...{ preset: 'custom', name: 'mill', baseUrl: mock.baseUrl, keys: ['sk-mill'] },
    access: 'everybody',
  });
  // 7 tokens of prompt, 3 of them cached at a fifth, and 2 of answer: a cent.
  const inputMicros = 1_000_000_000;
  await runtime.control.prices.set({
    ...{ model: priced, tiers: [{ maxInputTokens: 0, inputMicros, outputMicros: 2_700_000_000 }] },
  });
  const app = new App(page, runtime.origin);
  await app.signIn(await runtime.loginUrl());
  return {
    ...{ runtime, app },
    async [Symbol.asyncDispose]() {
      await runtime[Symbol.asyncDispose]();
      await mock.close();
    },
  };
}

async function ask({ runtime }: Team, key: string, model: string, client: string): Promise<number> {
  const response = await fetch(`${runtime.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      'user-agent': client,
    },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.text();
  return response.status;
}

/** What the log says, once every request has been counted. */
async function loggedBy({ runtime }: Team) {
  const { requests } = await runtime.control.activity.list({ limit: 1000 });
  const day = 86_400_000;
  const range = { from: Date.now() - day, to: Date.now() + day };
  await expect
    .poll(async () => {
      const asked = { ...range, by: 'model', step: 'day' } as const;
      const { totals, pending } = await runtime.control.usage.report(asked);
      return [totals.requests, pending];
    })
    .toEqual([requests.length, 0]);
  return {
    requests: requests.length,
    failed: requests.filter(({ state }) => state === 'failed').length,
    costMicros: requests.reduce((sum, { costMicros = 0 }) => sum + costMicros, 0),
  };
}

test('E27: thirty calls of which three fail stand in the live feed, the figures and the charts as in the log', async ({
  page,
}) => {
  await using team = await openTeam(page);
  const { app, runtime } = team;
  const { key } = await runtime.control.server.createKey({ name: 'tool' });
  await app.open('Activity');
  await expect(page.getByRole('main')).toContainText('Live and log');
  for (let call = 1; call <= 30; call += 1) {
    const isFailing = call % 10 === 5;
    const client = `caller-${String(call).padStart(2, '0')}`;
    const asked = ask(team, key, isFailing ? 'nobody-has-this' : priced, client);
    await expect(app.activity.row(client)).toBeVisible({ timeout: promisedMs(1000) });
    expect(await asked).toBe(isFailing ? 404 : 200);
    await expect(app.activity.row(client)).toContainText(isFailing ? 'Failed' : 'Done');
  }
  const logged = await loggedBy(team);
  expect(logged).toEqual({ requests: 30, failed: 3, costMicros: 270_000 });
  await expect(page.getByText('30 of 30')).toBeVisible();
  await expect(app.activity.rows.filter({ hasText: 'Failed' })).toHaveCount(3);
  await expect(app.activity.rows.filter({ hasText: 'Done' })).toHaveCount(27);

  await page.getByRole('tab', { name: 'Usage' }).click();
  const figures = page.getByRole('list', { name: 'In all' }).getByRole('listitem');
  await expect(figures.filter({ hasText: 'requests' })).toHaveText(/^30\s*requests$/);
  await expect(figures.filter({ hasText: 'failed' })).toHaveText(/^10\s*%\s*failed$/);
  // 27 × (7 + 2).
  await expect(figures.filter({ hasText: 'tokens' })).toHaveText(/^243\s*tokens$/);
  const drawn = page.getByRole('radiogroup', { name: 'What is drawn' });
  const reading = page.getByRole('slider', { name: 'Read the chart' });
  for (const [metric, total] of [
    ['Requests', /: 30\./],
    ['Tokens', /: 243\./],
    ['Cost', /: \$0\.27\./],
  ] as const) {
    await drawn.getByText(metric).click();
    await reading.press('End');
    await expect(reading).toHaveAttribute('aria-valuetext', total);
  }
});

test('E22: what the page says it cost is the sum of the log, and what has no price is no nought', async ({
  page,
}) => {
  await using team = await openTeam(page);
  const { app, runtime } = team;
  const { key } = await runtime.control.server.createKey({ name: 'tool' });
  for (let call = 0; call < 5; call += 1) {
    expect(await ask(team, key, priced, 'priced')).toBe(200);
    if (call < 2) expect(await ask(team, key, unpriced, 'unpriced')).toBe(200);
  }
  expect(await loggedBy(team)).toEqual({ requests: 7, failed: 0, costMicros: 50_000 });

  await app.open('Activity');
  await page.getByRole('tab', { name: 'Usage' }).click();
  const figures = page.getByRole('list', { name: 'In all' }).getByRole('listitem');
  await expect(figures.filter({ hasText: 'known cost' })).toHaveText(/^\$0\.05\s*known cost$/);
  const missing = '2 requests of cloud models have no known price: their cost is missing here.';
  await expect(page.getByText(missing)).toBeVisible();
  const row = (name: string) =>
    page.getByRole('table', { name: 'Usage by model' }).getByRole('row', { name });
  await expect(row(priced).getByRole('cell').last()).toHaveText('$0.05');
  await expect(row(unpriced).getByRole('cell').last()).toContainText('unknown');
  await expect(row(unpriced).getByRole('cell').last()).not.toContainText('$0');
});
