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

/**
 * Why a model cannot be asked now.
 * - `offline` the link to its pool is lost; `problem` is the runtime's sentence, empty while it connects
 * - `unoffered` its pool is there, but no machine offers it · `gone` nobody here knows it any more
 */
export type Absence =
  | { readonly why: 'offline'; readonly pool: string; readonly problem: string }
  | { readonly why: 'unoffered'; readonly pool: string }
  | { readonly why: 'gone' };

/** A model that a chat can ask: of this machine and its servers, or of a pool. */
export type ChatModel = InstalledModel & {
  readonly pool?: PoolPlace;
  /** Absent while it can be asked. */
  readonly absence?: Absence;
};
