import { expect, test } from '../fixtures/test.ts';

test.describe('a message in line', () => {
  /** Writes while the slow model answers, which keeps the message from going out at once. */
  test.beforeEach(async ({ app, runtime }) => {
    await app.chat.startNew();
    await app.chat.choose((await runtime.model('slow')).name);
    await app.chat.send('Count');
    await expect(app.chat.answer).toContainText(' 10 ');
    await app.chat.composer.fill('And then?');
    await app.chat.composer.press('Enter');
  });

  test('a message written while an answer runs goes out when that is complete, from any page', async ({
    app,
    page,
  }) => {
    const waiting = page.getByRole('region', { name: 'Message in line' });
    await expect(waiting).toContainText('Goes out when this answer is complete.');
    await expect(app.chat.composer).toHaveValue('');
    await app.railLink('Server').click();
    await page.getByRole('heading', { level: 1, name: 'Server' }).waitFor();
    await app.railLink('Chat').click();
    await expect(app.chat.turns).toHaveCount(4, { timeout: 60_000 });
    await expect(waiting).toBeHidden();
    await app.chat.stopButton.click();
  });

  test('behind an answer that was stopped it is held, and can be written on or sent', async ({
    app,
    page,
  }) => {
    await app.chat.stopButton.click();
    const held = page.getByRole('region', { name: 'Message in line' });
    await expect(held).toContainText('Not sent');
    await expect(app.chat.turns).toHaveCount(2);
    await held.getByRole('button', { name: 'Edit' }).click();
    await expect(app.chat.composer).toHaveValue('And then?');
    await app.chat.composer.press('Enter');
    await expect(app.chat.turns).toHaveCount(4);
    await app.chat.stopButton.click();
  });

  test('a reload makes a draft of it', async ({ app, page }) => {
    await app.chat.stopButton.click();
    await expect(app.chat.sendButton).toBeVisible();
    await page.reload();
    await expect(app.chat.composer).toHaveValue('And then?');
  });
});

test('the files of a draft survive a reload', async ({ app, page }) => {
  await app.chat.startNew();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Attach/ }).click();
  const buffer = Buffer.from('place,litres\npond,4200\n');
  await (await chooser).setFiles({ name: 'flow.csv', mimeType: 'text/csv', buffer });
  const files = page.getByRole('list', { name: 'Files' });
  await expect(files).toContainText('tokens');
  await page.reload();
  await expect(files).toContainText('flow.csv');
  await app.chat.composer.fill('What is in it?');
  await app.chat.sendButton.click();
  await expect(app.chat.turns.first()).toContainText('flow.csv');
});
