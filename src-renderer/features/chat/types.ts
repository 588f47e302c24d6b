import type { InstalledModel } from '../../api.ts';

export type {
  AnswerPart,
  AnswerStatus,
  AssistantMessage,
  Attachment,
  Chat,
  ChatParameters,
  ChatSummary,
  InstalledModel,
  Message,
  Preset,
  Receipt,
  UserMessage,
} from '../../api.ts';

/** Where a model of a pool is answered. */
export interface PoolPlace {
  readonly id: string;
  readonly name: string;
  /** Machines that have it. */
  readonly machines: number;
}

/** A model that a chat can ask: of this machine and its servers, or of a pool. */
export type ChatModel = InstalledModel & { readonly pool?: PoolPlace };
