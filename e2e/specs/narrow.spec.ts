import { expect, test } from '../fixtures/test.ts';

test.use({ viewport: { width: 400, height: 820 } });

test('a narrow bar keeps the pages of every day, and the others behind More', async ({
  app,
  page,
}) => {
  await app.open('Chat');
  for (const name of ['Chat', 'Discover', 'My Models'] as const) {
    await expect(app.railLink(name)).toBeVisible();
  }
  for (const name of ['Server', 'Activity', 'Settings'] as const) {
    await expect(app.railLink(name)).toBeHidden();
    await app.rail.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  }
  await expect(app.rail.getByRole('button', { name: 'More' })).toHaveAttribute(
    'aria-current',
    'true',
  );
});

test('wide windows have all pages in the rail and no More', async ({ app, page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await app.open('Chat');
  await expect(app.railLink('Settings')).toBeVisible();
  await expect(app.rail.getByRole('button', { name: 'More' })).toBeHidden();
});
