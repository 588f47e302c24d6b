import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { launchShowcase, type Showcase } from '../fixtures/showcase.ts';
import { expect, test } from '../fixtures/test.ts';
import { App } from '../pages/app.ts';

/** Draws the pictures of the README again: `UPDATE_SCREENSHOTS=1 npm run e2e -- screenshots`. */
test.skip(
  process.env['UPDATE_SCREENSHOTS'] !== '1',
  'draws pictures only with UPDATE_SCREENSHOTS=1',
);
test.describe.configure({ timeout: 120_000 });

const folder = join(import.meta.dirname, '..', '..', 'resources', 'screenshots');
const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 400, height: 820 } } as const;

/** Where a page is, and what stands on it once it has heard from the runtime. */
interface PageToDraw {
  readonly path: string;
  readonly ready: (page: Page) => Locator;
}

const pages = {
  discover: {
    path: '/discover',
    ready: (page) =>
      page
        .getByRole('main')
        .filter({ hasText: 'Mistral Small 3.2 24B' })
        .filter({ has: page.getByText(/^(?:Disk|磁盘)$/) }),
  },
  'discover-model': {
    path: '/discover/unsloth/Qwen3-8B-GGUF',
    ready: (page) => page.getByRole('row').filter({ hasText: 'BF16' }),
  },
  models: { path: '/models', ready: (page) => page.getByRole('table').getByText('brook F16') },
  'pool-host': {
    path: '/pool',
    ready: (page) => page.getByRole('main').filter({ hasText: 'attic' }),
  },
  server: {
    path: '/server',
    ready: (page) => page.getByRole('region', { name: /^(?:Use it from|使用方式)$/ }),
  },
  'server-people': {
    path: '/server/people',
    ready: (page) => page.getByRole('main').filter({ hasText: 'Tomas' }),
  },
  'server-keys': {
    path: '/server/keys',
    ready: (page) => page.getByRole('main').filter({ hasText: 'Notebook' }),
  },
  'server-providers': {
    path: '/server/providers',
    ready: (page) => page.getByRole('main').filter({ hasText: 'harbour' }),
  },
  'server-models': {
    path: '/server/models',
    ready: (page) => page.getByRole('main').filter({ hasText: '$2.50' }),
  },
  'activity-usage': {
    path: '/activity/usage',
    // Its cost comes with a question of its own.
    ready: (page) => page.getByText(/^(?:own machines|自有机器)$/),
  },
  activity: { path: '/activity', ready: (page) => page.getByRole('row').nth(5) },
  settings: { path: '/settings', ready: (page) => page.getByRole('link', { name: 'General' }) },
} satisfies Record<string, PageToDraw>;

let showcase: Showcase;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  showcase = await launchShowcase();
});

test.afterAll(async () => {
  await showcase[Symbol.asyncDispose]();
});

async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
}

/** Opens a conversation by its title, also where the list stands behind a button. */
async function openChat(app: App, title: string): Promise<void> {
  const { chats } = await showcase.runtime.control.chats.list({});
  const id = chats.find((chat) => chat.title.startsWith(title.slice(0, 12)))?.id ?? '';
  await app.page.goto(`${showcase.runtime.origin}/chat/${id}`);
  await app.page.getByRole('article').last().waitFor();
}

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`every page, ${theme}, ${size}`, async ({ page }) => {
      const { runtime, titles } = showcase;
      await runtime.control.settings.update({ theme, language: 'en' });
      await page.setViewportSize(viewport);
      const app = new App(page, runtime.origin);
      await app.signIn(await runtime.loginUrl());
      await openChat(app, titles.english);
      await picture(page, `chat-${theme}-${size}`);
      const leave = new AbortController();
      await showcase.startClient(leave.signal);
      for (const [name, { path, ready }] of Object.entries(pages)) {
        await page.goto(runtime.origin + path);
        await expect(ready(page)).toBeVisible();
        await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
        if (size === 'wide') await expect(page.getByRole('meter').last()).toBeVisible();
        await picture(page, `${name}-${theme}-${size}`);
      }
      leave.abort();
    });
  }

  test(`chat, Discover, models and the team gateway in Chinese, ${theme}`, async ({ page }) => {
    const { runtime, titles } = showcase;
    await runtime.control.settings.update({ theme, language: 'zh-CN' });
    await page.setViewportSize(sizes.wide);
    const app = new App(page, runtime.origin);
    await page.goto(await runtime.loginUrl());
    await page.getByRole('navigation').first().waitFor();
    await openChat(app, titles.chinese);
    await picture(page, `chat-zh-${theme}-wide`);
    for (const name of ['discover', 'models', 'server-providers', 'activity-usage'] as const) {
      await page.goto(runtime.origin + pages[name].path);
      await expect(pages[name].ready(page)).toBeVisible();
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      await picture(page, `${name}-zh-${theme}-wide`);
    }
  });
}
