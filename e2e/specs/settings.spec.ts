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
