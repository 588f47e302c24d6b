import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expectAccessible, expectNoSidewaysScroll } from '../fixtures/accessible.ts';
import { expect, test } from '../fixtures/test.ts';

test('the theme changes at once and is kept', async ({ app, page, runtime }) => {
  await app.open('Settings');
  await app.settings.choice('Theme', 'Dark').click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await runtime.control.settings.update({ theme: 'light' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('the language changes at once, everywhere, and back', async ({ app, page, runtime }) => {
  await app.open('Settings');
  await runtime.control.settings.update({ language: 'zh-CN' });
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('heading', { level: 1, name: '设置' })).toBeVisible();
  await runtime.control.settings.update({ language: 'en' });
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
});

test('alerts are signed: the secret is shown, copied and exchanged, and what comes bears its mark', async ({
  app,
  page,
  runtime,
}) => {
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ headers: request.headers, body });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await app.open('Settings');
  await app.settings.section('Alerts').click();
  await expect(page.getByRole('button', { name: 'Show the secret' })).toHaveCount(0);
  const address = page.getByRole('textbox', { name: 'Webhook' });
  await address.fill(`http://127.0.0.1:${port.toString()}/hook`);
  await address.press('Enter');
  await page.getByRole('button', { name: 'Show the secret' }).click();
  const shown = page.getByRole('textbox', { name: 'Signing secret' });
  await expect(shown).toHaveValue(/^whsec_/);
  const former = await shown.inputValue();
  await page.getByRole('button', { name: 'New secret' }).click();
  await expect(shown).not.toHaveValue(former);
  await expect(page.getByText(/^The former secret signs too until/)).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 400, height: 820 });
  await expectNoSidewaysScroll(page);

  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByText('It answered with 200.')).toBeVisible();
  const { headers, body } = received[0] ?? { headers: {}, body: '' };
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const marks = [await shown.inputValue(), former].map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  });
  expect(headers['webhook-signature']).toBe(marks.join(' '));
  await runtime.control.alerts.update({ webhookUrl: '' });
  server.close();
});
