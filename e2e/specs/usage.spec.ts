import { expectAccessible } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/test.ts';
import { launchRuntime } from '../fixtures/launch.ts';
import type { RunningRuntime } from '../fixtures/launch.ts';
import { App } from '../pages/app.ts';

/** So many requests of another program; the last `failing` of them name a model that nobody has. */
async function ask(runtime: RunningRuntime, count: number, failing: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const model = index >= count - failing ? 'nobody-has-this' : 'guide';
    const response = await fetch(`${runtime.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ model, max_tokens: 4 },
        messages: [{ role: 'user', content: `Hello ${String(index)}` }],
      }),
    });
    expect(response.status).toBe(model === 'guide' ? 200 : 404);
    await response.text();
  }
}

const dayMs = 86_400_000;

test('E27: the figures, the chart and the tables say what the log holds', async ({
  app,
  page,
  runtime,
}) => {
  await ask(runtime, 6, 2);
  const report = () =>
    runtime.control.usage.report({
      ...{ from: Date.now() - dayMs, to: Date.now() + dayMs },
      ...{ by: 'model', step: 'day' },
    });
  const log = (await runtime.control.activity.list({ limit: 1000 })).requests;
  await expect.poll(async () => (await report()).totals.requests).toBe(log.length);
  const failed = log.filter(({ state }) => state === 'failed').length;
  expect((await report()).totals.failed).toBe(failed);

  await app.open('Activity');
  await page.getByRole('tab', { name: 'Usage' }).click();
  const figures = page.getByRole('list', { name: 'In all' });
  await expect(figures).toContainText(new RegExp(`${String(log.length)}\\s*requests`));

  await page.getByRole('radiogroup', { name: 'What is drawn' }).getByText('Requests').click();
  await expect(page.getByRole('img', { name: /^Requests a day/ })).toBeVisible();
  const reading = page.getByRole('slider', { name: 'Read the chart' });
  await reading.focus();
  await expect(reading).toHaveAttribute('aria-valuetext', new RegExp(`: ${String(log.length)}\\.`));
  await page.keyboard.press('Home');
  await expect(reading).toHaveAttribute('aria-valuetext', /: 0\./);

  const rows = page.getByRole('table', { name: 'Usage by model' }).getByRole('row');
  const counts = await rows.evaluateAll((all) =>
    all.slice(1).map((row) => Number(row.children[1]?.textContent.replaceAll(',', ''))),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(log.length);
  await expectAccessible(page);
});

test('E27: with the gateway stopped there is no figure, only that it is stopped', async ({
  page,
}) => {
  await using own = await launchRuntime({ settings: { language: 'en' } });
  await ask(own, 1, 0);
  const app = new App(page, own.origin);
  await app.signIn(await own.loginUrl());
  await app.open('Activity');
  await page.getByRole('tab', { name: 'Usage' }).click();
  const figures = page.getByRole('list', { name: 'In all' });
  await expect(figures).toBeVisible({ timeout: 60_000 });
  await own.crash();
  await expect(page.getByText('No numbers while the gateway is stopped')).toBeVisible();
  await expect(figures).toHaveCount(0);
});

test('the usage is handed over as a file', async ({ app, page }) => {
  await app.open('Activity');
  await page.getByRole('tab', { name: 'Usage' }).click();
  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'CSV' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
});

test('a change stands in the audit with who made it, and can be found there', async ({
  app,
  page,
  runtime,
}) => {
  await runtime.control.server.createKey({ name: 'audited key' });
  await app.open('Activity');
  await page.getByRole('tab', { name: 'Audit' }).click();
  await page.getByRole('searchbox', { name: 'Find in the audit' }).fill('audited key');
  const row = page.getByRole('row').filter({ hasText: 'audited key' });
  await expect(row).toContainText('Make a key');
  await expect(row).toContainText('Done');
  await expect(page.getByRole('row')).toHaveCount(2);
  await expectAccessible(page);
});

test('the log shows the requests of one model alone, and why one went where it went', async ({
  app,
  page,
  runtime,
}) => {
  await ask(runtime, 2, 1);
  await app.open('Activity');
  await page.getByRole('combobox', { name: 'Model' }).selectOption('guide');
  await expect(app.activity.row('nobody-has-this')).toHaveCount(0);
  await app.activity.openRow('guide');
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('$0, own machines');
});
