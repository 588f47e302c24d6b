// A program that answers one question for ever and tells its parent each piece it has published.
// Run by `answer-recovery.test.ts`, which kills it.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createAttachmentStore } from '../storage/attachment-store.ts';
import { SqlChatStore } from '../storage/chat-store.ts';
import { openDatabase } from '../storage/open-database.ts';
import { ensureOwner } from '../storage/person-store.ts';
import { createPresetStore } from '../storage/preset-store.ts';
import { systemClock as clock } from '../platform/system-clock.ts';
import { databaseWorkerFile } from '../testing/open-test-database.ts';
import { createScriptedModels, head, text } from '../testing/open-test-chats.ts';
import { createChats } from './create-chats.ts';

const folder = process.argv[2] ?? '';
const database = await openDatabase({
  file: join(folder, 'millpond.db'),
  workerFile: databaseWorkerFile,
});
const owner = await ensureOwner(database, clock.now());
const ignore = (): void => {};

const models = createScriptedModels(async function* () {
  yield head;
  for (let token = 0; ; token += 1) {
    await clock.sleep(1);
    yield text(`word${token} `, token);
  }
});

const { chats, turns } = createChats({
  store: new SqlChatStore(database),
  attachments: createAttachmentStore(database),
  presets: createPresetStore(database),
  models,
  extractor: { extract: () => Promise.reject(new Error('not used')) },
  journalFolder: join(folder, 'journal'),
  clock,
  log: { warn: ignore, error: ignore },
  publish(event) {
    // Written at once and whole: what the parent reads was published.
    if (event.topic === 'chats.chunk') writeSync(1, `${JSON.stringify(event.data)}\n`);
  },
});

const chat = await chats.create(owner.id, {});
await turns.send(owner.id, chat.id, {
  parentId: null,
  text: 'Count for ever',
  attachmentIds: [],
  model: 'guide',
});
