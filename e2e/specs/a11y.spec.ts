import { expect, test } from '../fixtures/test.ts';
import { expectAccessible, expectNoSidewaysScroll } from '../fixtures/accessible.ts';
import { pageNames } from '../pages/app.ts';
import { serverViews } from '../pages/server-page.ts';

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 380, height: 720 } } as const;

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`every page, ${theme}, ${size}: axe finds nothing`, async ({ app, page, runtime }) => {
      // Axe reads each page whole.
      test.slow();
      await runtime.control.settings.update({ theme });
      await page.setViewportSize(viewport);
      for (const name of pageNames) {
        await app.open(name);
        await expectAccessible(page);
      }
    });
  }
}

/** Views behind tabs and sections, which a page's first look does not show. */
const views = [
  ...Object.values(serverViews).filter((path) => path !== '/server'),
  ...['/activity/usage', '/activity/audit', '/settings/alerts', '/settings/gateway'],
  ...['/settings/data', '/settings/help'],
];

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`the views of Server, Activity and Settings, ${theme}, ${size}: axe finds nothing`, async ({
      page,
      app,
      runtime,
    }) => {
      // Axe reads each whole.
      test.slow();
      await runtime.control.settings.update({ theme });
      await page.setViewportSize(viewport);
      await app.open('Server');
      for (const path of views) {
        await page.goto(runtime.origin + path);
        await page.getByRole('main').waitFor();
        await expect(page.getByText('Asking Millpond')).toHaveCount(0);
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
    });
  }
}

test('nothing scrolls sideways at 380 px', async ({ app, page }) => {
  await page.setViewportSize(sizes.narrow);
  for (const name of pageNames) {
    await app.open(name);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, name).toBe(0);
  }
});

test('the first stop of Tab is a link to the content', async ({ app, page }) => {
  await app.open('Server');
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveText('Skip to content');
});

test('every shortcut is listed', async ({ app, page }) => {
  await app.open('Chat');
  await page.keyboard.press('Control+/');
  const list = page.getByRole('dialog');
  await expect(list).toContainText(/New chat/);
  await expect(list).toContainText(/Search/);
});

test('a long stream makes at most four announcements', async ({ app, page, runtime }) => {
  await app.chat.startNew();
  await app.chat.choose((await runtime.loaded('slow')).name);
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    const regions =
      '[aria-live="polite"], [aria-live="assertive"], [role="status"], [role="alert"]';
    new MutationObserver((changes) => {
      for (const change of changes) {
        const node = change.target instanceof Element ? change.target : change.target.parentElement;
        const region = node?.closest(regions);
        const text = region?.textContent ?? '';
        if (text !== '' && text !== heard.at(-1)) heard.push(text);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await app.chat.send('Count');
  await app.chat.receipt().waitFor({ timeout: 60_000 });
  const heard = await page.evaluate(() => Reflect.get(globalThis, 'heard') as string[]);
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.length, heard.join(' | ')).toBeLessThanOrEqual(4);
});
