import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '../../src-main/contract/settings.ts';
import { launchRuntime } from '../fixtures/launch.ts';
import { writeLongChat } from '../fixtures/long-chat.ts';
import { expect, test } from '../fixtures/test.ts';
import { App } from '../pages/app.ts';

const turns = 1000;
/** Far more than fit into the window, far fewer than the chat has. */
const mostDrawn = 60;

test('a chat of 2,000 messages opens at its end, draws what is seen and scrolls to its start', async ({
  page,
}, info) => {
  test.setTimeout(120_000);
  const home = mkdtempSync(join(tmpdir(), 'millpond-long-'));
  try {
    writeFileSync(
      join(home, 'settings.json'),
      JSON.stringify({ ...defaultSettings, language: 'en' }),
    );
    await writeLongChat(home, { title: 'A long talk', turns });
    await using runtime = await launchRuntime({ home });
    const app = new App(page, runtime.origin);
    await app.signIn(await runtime.loginUrl());
    await app.chat.entry('A long talk').click();
    await expect(app.chat.answer).toContainText(`Answer ${turns}:`);
    await expect(app.chat.answer).toBeInViewport();
    expect(await app.chat.turns.count()).toBeLessThan(mostDrawn);

    await page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(globalThis, { tasks });
      new PerformanceObserver((list) => {
        tasks.push(...list.getEntries().map((entry) => entry.duration));
      }).observe({ entryTypes: ['longtask'] });
    });
    await app.chat.answer.hover();
    const first = app.chat.turns.first();
    // As a person who wants to see how it began: the wheel, again and again.
    await expect(async () => {
      for (let step = 0; step < 20; step++) await page.mouse.wheel(0, -8000);
      expect(await app.chat.turns.count()).toBeLessThan(mostDrawn);
      await expect(first).toContainText('Question 1', { timeout: 500 });
      await expect(page.getByText('Question 1', { exact: true })).toBeInViewport({ timeout: 500 });
    }).toPass({ timeout: 60_000 });

    const tasks = await page.evaluate(() => Reflect.get(globalThis, 'tasks') as number[]);
    info.annotations.push({
      type: 'measured',
      description: `${tasks.length} tasks over 50 ms while scrolling, the longest ${Math.round(Math.max(0, ...tasks))} ms`,
    });

    await page.getByRole('button', { name: 'To the end' }).click();
    await expect(app.chat.answer).toContainText(`Answer ${turns}:`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
