import type { ErrorBody } from '../core/error.ts';
import type { AnswerTimings, AnswerStatus as Progress, Privacy } from '../core/inference.ts';
import type { TokenUsage } from '../core/usage.ts';

// Arrays are plain (not `readonly`) so that these values fit the control contract as they are.

/** What a person can turn. Absent means the model's own default. */
export interface ChatParameters {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  readonly repeatPenalty?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly seed?: number | undefined;
  readonly reasoning?: 'auto' | 'on' | 'off' | undefined;
  /** Whose machines may read the chat; absent: trusted ones. */
  readonly privacy?: Privacy | undefined;
}

/** A conversation: a tree of messages and what is sent along with each of its branches. */
export interface Chat {
  readonly id: string;
  /** Empty until the first message gives one. */
  readonly title: string;
  readonly pinned: boolean;
  /** Epoch milliseconds, as `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Empty: the model's default system prompt is used. */
  readonly systemPrompt: string;
  readonly model?: string;
  readonly parameters: ChatParameters;
  /** The last message of the branch on screen; null in an empty chat. */
  readonly leafId: string | null;
}

/** One row of the list of chats. */
export interface ChatSummary {
  readonly id: string;
  readonly title: string;
  readonly pinned: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly isRunning: boolean;
  /** The text around a search match, with the match between U+E000 and U+E001. */
  readonly excerpt?: string;
  /** The message that matched. */
  readonly messageId?: string;
}

/** A file that travels with a message: as its text, or as a picture. Of others than pictures only the text is kept. */
export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** Characters of the chosen pages. */
  readonly characters: number;
  /** Pages of the file; absent for files without pages. */
  readonly pages?: number;
  /** Which pages are sent, such as `1-12`; absent means all. */
  readonly pageRange?: string;
  /** Estimated tokens of what is sent. */
  readonly tokens: number;
  /** Sent as a picture; needs a model that sees. */
  readonly isImage: boolean;
}

export type AnswerPart =
  | { readonly type: 'text'; readonly text: string }
  /** `durationMs` arrives when the thought is over, in a piece with empty text. */
  | { readonly type: 'reasoning'; readonly text: string; readonly durationMs?: number }
  | {
      readonly type: 'tool-call';
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
    };

/**
 * - `waiting` in line or its model is loading · `streaming` · `done`
 * - `stopped` by the person · `failed` with `error` · `interrupted` by a crash or restart; text kept
 */
export type AnswerStatus = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed' | 'interrupted';

/** The line under an answer. */
export interface Receipt {
  readonly model: string;
  readonly machine: string;
  readonly usage: TokenUsage;
  readonly timings: AnswerTimings;
  readonly finishReason: string;
  /** Machines it came over from, in order. */
  readonly moves?: AnswerMove[];
}

/** What happens to a running answer while no text comes, and where it went on. */
export type AnswerProgress = Progress;

/** An answer that lost its machine, and went on elsewhere behind `atToken`. */
export type AnswerMove = Omit<Extract<AnswerProgress, { phase: 'moved' }>, 'phase'>;

interface MessageBase {
  readonly id: string;
  readonly chatId: string;
  readonly parentId: string | null;
  readonly createdAt: number;
}

export interface UserMessage extends MessageBase {
  readonly role: 'user';
  readonly text: string;
  readonly attachments: Attachment[];
}

export interface AssistantMessage extends MessageBase {
  readonly role: 'assistant';
  readonly model: string;
  readonly parts: AnswerPart[];
  /** How many chunk events are already folded into `parts`. */
  readonly chunkCount: number;
  readonly status: AnswerStatus;
  readonly error?: ErrorBody;
  readonly receipt?: Receipt;
  /** Of a running answer only; never stored. */
  readonly progress?: AnswerProgress;
}

export type Message = UserMessage | AssistantMessage;

/** A named system prompt with parameters. */
export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly systemPrompt: string;
  readonly parameters: ChatParameters;
}
