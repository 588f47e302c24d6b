import { countedNumbers, countTo } from '../fixtures/counted.ts';
import { slowCount } from '../fixtures/scripted-models.ts';
import { expect, test } from '../fixtures/test.ts';
import { App } from '../pages/app.ts';

/** A browser gives one host six connections; with a stream for each tab the seventh would freeze. */
const furtherTabs = 9;

test('ten tabs follow one answer to its end, and none of them waits for another', async ({
  app,
  page,
  context,
  runtime,
}) => {
  test.setTimeout(120_000);
  const tabs: App[] = [];
  for (let tab = 0; tab < furtherTabs; tab++) {
    const further = new App(await context.newPage(), runtime.origin);
    // The session is kept in the browser: no tab but the first needs a login.
    await further.open('Chat');
    tabs.push(further);
  }

  await page.bringToFront();
  await app.chat.startNew();
  await app.chat.choose((await runtime.loaded('slow')).name);
  await app.chat.send('Count for all tabs');
  await expect(app.chat.answer).toContainText(' 10 ');
  const address = page.url();
  for (const tab of tabs) {
    await tab.page.goto(address);
    await expect(tab.chat.answer).toContainText(' 10 ');
  }

  for (const tab of [app, ...tabs]) {
    await tab.chat.receipt().waitFor({ timeout: 60_000 });
    expect(countedNumbers(await tab.chat.answer.innerText())).toEqual(countTo(slowCount));
  }

  const last = tabs.at(-1) ?? app;
  await last.chat.entry('Count for all tabs').hover();
  await last.chat.entry('Count for all tabs').getByRole('button', { name: /^More/ }).click();
  await last.page.getByRole('menuitem', { name: 'Rename' }).click();
  await last.page.keyboard.type('Seen by all');
  await last.page.keyboard.press('Enter');
  for (const tab of [app, ...tabs]) await expect(tab.chat.entry('Seen by all')).toBeVisible();
});
