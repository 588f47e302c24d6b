import { makeDocx, makePdf } from '../../src-main/testing/file-samples.ts';
import { scripts } from '../fixtures/scripted-models.ts';
import { expect, test } from '../fixtures/test.ts';

/** Each holds a word that the scripted model looks for in what it is given to read. */
const files = [
  { name: 'bank.txt', mimeType: 'text/plain', buffer: Buffer.from('On the bank: a heron.') },
  { name: 'stream.csv', mimeType: 'text/csv', buffer: Buffer.from('animal,count\notter,2\n') },
  {
    name: 'depth.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from(makePdf(['Page one is about water.', 'Deep down: a carp.'])),
  },
  {
    name: 'reeds.docx',
    mimeType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    buffer: Buffer.from(makeDocx(['In the reeds: a newt.'])),
  },
];

test.beforeEach(async ({ app, runtime }) => {
  await app.chat.startNew();
  await app.chat.choose((await runtime.loaded('scripted')).name);
});

test('text, CSV, PDF and Word files reach the model, and message and receipt name them', async ({
  app,
  page,
}) => {
  await app.chat.attach(files);
  for (const { name } of files) await expect(page.getByText(name)).toBeVisible();
  const answer = await app.chat.ask('Who lives there?');
  await expect(answer).toContainText(scripts.allFilesRead);
  for (const { name } of files) await expect(app.chat.turns.first()).toContainText(name);
  for (const { name } of files) await expect(app.chat.receipt()).toContainText(name);
});

test('a PDF is sent without the pages that were not chosen', async ({ app, page }) => {
  await app.chat.attach(files);
  await page.getByRole('button', { name: 'Choose pages' }).click();
  await page.getByRole('textbox', { name: 'Pages to read' }).fill('1');
  await page.getByRole('button', { name: 'Read these pages' }).click();
  await expect(page.getByText('pages 1 of 2')).toBeVisible();
  const answer = await app.chat.ask('Who lives there?');
  await expect(answer).toContainText(scripts.greeting);
  await expect(app.chat.receipt()).toContainText('depth.pdf (pages 1)');
});

test('a file that is not text is refused by name, and the message can still be sent', async ({
  app,
  page,
}) => {
  const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
  await app.chat.attach([{ name: 'pond.png', mimeType: 'image/png', buffer: picture }]);
  await expect(page.getByText(/“pond\.png” is not text/)).toBeVisible();
  await page.getByRole('button', { name: 'Remove pond.png' }).click();
  await expect(await app.chat.ask('Hello')).toContainText(scripts.greeting);
});
