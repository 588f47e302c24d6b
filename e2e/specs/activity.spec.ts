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
