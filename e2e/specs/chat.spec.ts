import { countedNumbers, countTo } from '../fixtures/counted.ts';
import { scripts, slowCount } from '../fixtures/scripted-models.ts';
import { expect, test } from '../fixtures/test.ts';
import { promisedMs } from '../../src-main/testing/patience.ts';

test.beforeEach(async ({ app, runtime }) => {
  await app.chat.startNew();
  await app.chat.choose((await runtime.loaded('scripted')).name);
});

test('an answer streams in and ends with a receipt that names model and machine', async ({
  app,
  runtime,
}) => {
  const answer = await app.chat.ask('Hello');
  await expect(answer).toContainText(scripts.greeting);
  await expect(app.chat.receipt()).toContainText((await runtime.model('scripted')).name);
  await expect(app.chat.receipt()).toContainText(/tok\/s/);
});

test('markdown, tables, code and formulas are drawn; raw markup stays text', async ({ app }) => {
  const answer = await app.chat.ask('Show me a page');
  await expect(answer.getByRole('heading', { name: 'Flow' })).toBeVisible();
  await expect(answer.getByRole('cell', { name: '4200' })).toBeVisible();
  await expect(answer.locator('pre')).toContainText('const flow = 42;');
  await expect(answer.locator('.katex').first()).toBeVisible();
  await expect(answer).toContainText('<b>raw markup</b>');
});

test('a thought is folded away and opens', async ({ app }) => {
  const answer = await app.chat.ask('A puzzle: two and two?');
  await expect(answer).toContainText(scripts.afterThought);
  await expect(answer.getByText(scripts.thought)).toBeHidden();
  await app.chat.thoughts().click();
  await expect(answer.getByText(scripts.thought)).toBeVisible();
});

test('E14: Stop ends the answer and keeps what was said', async ({ app, runtime }) => {
  const slow = await runtime.loaded('slow');
  await app.chat.choose(slow.name);
  await app.chat.send('Count');
  await expect(app.chat.answer).toContainText(' 10 ');
  await app.chat.stopButton.click();
  await expect(app.chat.sendButton).toBeVisible();
  await expect(app.chat.answer).toContainText(' 10 ');
  const busySlots = async () => {
    const { models } = await runtime.control.models.list({});
    return models.find((model) => model.id === slow.id)?.loaded?.busySlots;
  };
  await expect.poll(busySlots, { timeout: promisedMs(2000) }).toBe(0);
});

test('a reload joins the running answer again, and nothing is lost or doubled', async ({
  app,
  page,
  runtime,
}) => {
  await app.chat.choose((await runtime.loaded('slow')).name);
  await app.chat.send('Count');
  await expect(app.chat.answer).toContainText(' 20 ');
  await page.reload();
  await expect(app.chat.receipt()).toBeVisible({ timeout: 60_000 });
  expect(countedNumbers(await app.chat.answer.innerText())).toEqual(countTo(slowCount));
});

test('regenerating and editing make branches, with a switcher between them', async ({ app }) => {
  await app.chat.ask('Hello');
  await app.chat.action(/^Again$/).click();
  await expect(app.chat.answer).toContainText('2 of 2');
  await app.chat.receipt().waitFor();

  const question = app.chat.turns.first();
  await question.hover();
  await app.chat.action('Edit', question).click();
  const editor = question.getByRole('textbox');
  await editor.fill('Show me a page');
  await editor.press('Enter');
  await expect(app.chat.answer.getByRole('cell', { name: '4200' })).toBeVisible();
  await app.chat.action('Previous version', question).click();
  await expect(app.chat.answer).toContainText(scripts.greeting);
});

test('Enter does not send while an input method composes, nor just after, but then it does', async ({
  app,
  page,
}) => {
  await app.chat.composer.focus();
  // Some browsers end the composition in front of the Enter that confirmed it. Sent from inside the
  // page, that Enter is as close behind as there, however busy the machine is.
  await app.chat.composer.evaluate((composer) => {
    composer.addEventListener('compositionend', () => {
      const enter = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
      composer.dispatchEvent(new KeyboardEvent('keydown', enter));
      composer.setAttribute('data-confirmed', '');
    });
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Input.imeSetComposition', { text: '天', selectionStart: 1, selectionEnd: 1 });
  await page.keyboard.press('Enter');
  await expect(app.chat.turns).toHaveCount(0);
  await session.send('Input.imeSetComposition', {
    text: '天气',
    selectionStart: 2,
    selectionEnd: 2,
  });
  await session.send('Input.insertText', { text: '天气' });
  await expect(app.chat.composer).toHaveAttribute('data-confirmed', '');
  await expect(app.chat.turns).toHaveCount(0);
  await expect(app.chat.composer).toHaveValue(/天气/);

  await expect(async () => {
    await page.keyboard.press('Enter');
    await expect(app.chat.turns).toHaveCount(2, { timeout: 1000 });
  }).toPass();
  await expect(app.chat.turns.first()).toContainText('天气');
});

test('the list finds a chat by two Chinese characters, renames, pins and deletes with undo', async ({
  app,
  page,
}) => {
  await app.chat.ask('明天的天气怎么样？');
  await app.chat.search.fill('天气');
  const found = app.chat.entry('天气');
  await expect(found).toBeVisible();
  await app.chat.search.fill('');

  const entry = app.chat.entry('天气');
  await entry.hover();
  await entry.getByRole('button', { name: /^More/ }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.keyboard.type('Forecast');
  await page.keyboard.press('Enter');
  const renamed = app.chat.entry('Forecast');
  await expect(renamed).toBeVisible();

  await renamed.hover();
  await renamed.getByRole('button', { name: /^More/ }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(renamed).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(renamed).toBeVisible();
});

test('a draft survives a reload', async ({ app, page }) => {
  await app.chat.composer.fill('Half a thought');
  await page.reload();
  await expect(app.chat.composer).toHaveValue('Half a thought');
});
