import { expect, test } from '../fixtures/test.ts';

test('a request of another program appears while it runs, and its state changes', async ({
  app,
  runtime,
}) => {
  const { id: slow } = await runtime.loaded('slow');
  await app.open('Activity');
  const leave = new AbortController();
  const response = await fetch(`${runtime.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'spec-client/1.0' },
    body: JSON.stringify({
      model: slow,
      messages: [{ role: 'user', content: 'Count' }],
      stream: true,
    }),
    signal: leave.signal,
  });
  expect(response.status).toBe(200);
  await expect(app.activity.row('spec-client')).toContainText('Answering');
  leave.abort();
  await expect(app.activity.row('spec-client')).toContainText('Cancelled');
});

test('no prompt and no answer is shown or stored with a request', async ({ app, runtime }) => {
  const secret = 'a word nobody else says';
  await fetch(`${runtime.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'guide', messages: [{ role: 'user', content: secret }] }),
  });
  const records = JSON.stringify(await runtime.control.activity.list({}));
  expect(records).not.toContain(secret);
  await app.open('Activity');
  await expect(app.activity.rows.nth(1)).toBeVisible();
  await expect(app.page.getByText(secret)).toHaveCount(0);
});

test('the address of a request opens it also where the list does not show it', async ({
  app,
  runtime,
}) => {
  const { page } = app;
  await fetch(`${runtime.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'guide', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  const [request] = (await runtime.control.activity.list({ limit: 1 })).requests;
  const id = request?.id ?? '';
  await page.goto(`${runtime.origin}/activity/${id}`);
  await expect(page.getByText(id)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find' }).fill('nothing has these words');
  await expect(page.getByText('No request matches')).toBeVisible();
  await expect(page.getByText(id)).toBeVisible();
  await page.goto(`${runtime.origin}/activity/0190a000-0000-7000-8000-000000000000`);
  await expect(page.getByRole('alert')).toContainText('This request cannot be shown.');
});
