import { AnswerRunner } from './answer-runner.ts';
import { AttachmentService } from './attachments/attachment-service.ts';
import type { PublishChatEvent } from './chat-event.ts';
import { ChatService } from './chat-service.ts';
import type {
  AttachmentStore,
  ChatLog,
  ChatModels,
  ChatStore,
  PresetStore,
  TextExtractor,
} from './ports.ts';
import { PresetService } from './preset-service.ts';
import { TurnService } from './turn-service.ts';
import type { Clock } from '../core/clock.ts';

const dayMs = 24 * 60 * 60 * 1_000;
const keepHiddenMs = 30 * dayMs;
const keepUnsentFilesMs = 7 * dayMs;

export interface ChatsDeps {
  readonly store: ChatStore;
  readonly attachments: AttachmentStore;
  readonly presets: PresetStore;
  readonly models: ChatModels;
  readonly extractor: TextExtractor;
  /** Where running answers keep what they have shown. */
  readonly journalFolder: string;
  readonly clock: Clock;
  readonly log: ChatLog;
  readonly publish: PublishChatEvent;
}

export interface Chats {
  readonly chats: ChatService;
  readonly turns: TurnService;
  readonly attachments: AttachmentService;
  readonly presets: PresetService;
  /** Recovers the answers of a killed program, then erases old hidden chats, daily from now on. */
  start(): Promise<void>;
  /** Ends running answers as interrupted, with everything they have so far. */
  close(): Promise<void>;
}

/** Everything about conversations, ready to be started. */
export function createChats(deps: ChatsDeps): Chats {
  const runner = new AnswerRunner(deps);
  const chats = new ChatService({ ...deps, runner });
  let cancelPurge = (): void => {};

  async function purge(): Promise<void> {
    cancelPurge = deps.clock.after(dayMs, () => void purge());
    const now = deps.clock.now();
    try {
      await deps.store.purge({
        deletedBefore: now - keepHiddenMs,
        unsentBefore: now - keepUnsentFilesMs,
      });
    } catch (error) {
      deps.log.warn({ error }, 'old chats could not be erased');
    }
  }

  return {
    chats,
    turns: new TurnService({ ...deps, chats, runner }),
    attachments: new AttachmentService(deps),
    presets: new PresetService(deps),
    async start() {
      await runner.recover();
      await purge();
    },
    async close() {
      cancelPurge();
      await runner.close();
    },
  };
}
