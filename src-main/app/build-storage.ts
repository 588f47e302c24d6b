import { openDatabase } from '../storage/open-database.ts';
import type { Database } from '../storage/open-database.ts';
import { createAttachedServerStore } from '../storage/attached-server-store.ts';
import { createAttachmentStore } from '../storage/attachment-store.ts';
import { SqlChatStore } from '../storage/chat-store.ts';
import {
  createApiKeyStore,
  createRequestLogStore,
  createSessionStore,
} from '../storage/gateway-stores.ts';
import { createModelPreferencesStore } from '../storage/model-preferences-store.ts';
import { ensureOwner } from '../storage/person-store.ts';
import type { Person } from '../storage/person-store.ts';
import { readModelUses } from '../storage/model-uses.ts';
import { createPresetStore } from '../storage/preset-store.ts';

export interface Storage {
  readonly database: Database;
  readonly owner: Person;
  readonly gateway: {
    readonly keys: ReturnType<typeof createApiKeyStore>;
    readonly sessions: ReturnType<typeof createSessionStore>;
    readonly requestLog: ReturnType<typeof createRequestLogStore>;
  };
  readonly attachedServers: ReturnType<typeof createAttachedServerStore>;
  readonly chats: SqlChatStore;
  readonly attachments: ReturnType<typeof createAttachmentStore>;
  readonly presets: ReturnType<typeof createPresetStore>;
  readonly modelPreferences: ReturnType<typeof createModelPreferencesStore>;
  /** When each model was asked last before this start. */
  readonly modelUses: ReadonlyMap<string, number>;
}

/** The embedded database and every store over it. */
export async function buildStorage(options: {
  readonly file: string;
  readonly workerFile: string;
  readonly now: number;
}): Promise<Storage> {
  const database = await openDatabase(options);
  return {
    database,
    owner: await ensureOwner(database, options.now),
    gateway: {
      keys: createApiKeyStore(database),
      sessions: createSessionStore(database),
      requestLog: createRequestLogStore(database),
    },
    attachedServers: createAttachedServerStore(database),
    chats: new SqlChatStore(database),
    attachments: createAttachmentStore(database),
    presets: createPresetStore(database),
    modelPreferences: createModelPreferencesStore(database),
    modelUses: await readModelUses(database),
  };
}
