import type { InferenceBackend } from '../core/inference.ts';
import type {
  AnswerStatus,
  AssistantMessage,
  Attachment,
  Chat,
  ChatParameters,
  Message,
  Preset,
  Receipt,
  UserMessage,
} from './conversation.ts';
import type { ErrorBody } from '../core/error.ts';

export type {
  AnswerPart,
  AnswerStatus,
  AssistantMessage,
  Attachment,
  Chat,
  ChatParameters,
  Message,
  Preset,
  Receipt,
  UserMessage,
} from './conversation.ts';

export interface ChatPatch {
  readonly title?: string;
  readonly pinned?: boolean;
  readonly systemPrompt?: string;
  readonly model?: string;
  readonly parameters?: ChatParameters;
  readonly leafId?: string;
  /** Absent leaves the chat where it stands in the list. */
  readonly updatedAt?: number;
}

/** A message and its answer, added in one step. */
export interface NewTurn {
  readonly chatId: string;
  /** Absent when an existing message gets one more answer. */
  readonly user?: UserMessage;
  readonly answer: AssistantMessage;
  /** Set when the chat has no title yet. */
  readonly title?: string;
  readonly updatedAt: number;
  /** Search words of the user's text and of the title. */
  readonly userIndexText: string;
  readonly titleIndexText?: string;
}

/** What engines reported about the tokens of an answer; enough to go on exactly behind the last one. */
export interface AnswerTokens {
  /** SHA-256 of the model that made them. */
  readonly digest: string;
  readonly tokens: readonly number[];
}

export interface AnswerUpdate {
  readonly parts: AssistantMessage['parts'];
  readonly chunkCount: number;
  readonly status: AnswerStatus;
  readonly error?: ErrorBody;
  readonly receipt?: Receipt;
  /** Absent when the engine did not report every token. */
  readonly tokens?: AnswerTokens;
  /** Search words; given once the answer is over. */
  readonly indexText?: string;
}

/** One word or phrase of a search: its tokens stand next to each other. */
export interface SearchTerm {
  readonly tokens: readonly string[];
  /** The last token may be the beginning of a longer one. */
  readonly isPrefix: boolean;
}

export interface SearchHit {
  readonly chat: Chat;
  /** Absent when the title matched best. */
  readonly message?: Message;
}

/** Conversations at rest. Every call is limited to one person; another's chats do not exist for it. */
export interface ChatStore {
  /** Newest first, pinned on top, without hidden ones. */
  list(personId: string): Promise<readonly Chat[]>;
  /** Chats in which every term occurs, best first, at most `limit`. */
  search(
    personId: string,
    terms: readonly SearchTerm[],
    limit: number,
  ): Promise<readonly SearchHit[]>;
  insert(personId: string, chat: Chat): Promise<void>;
  /** The chat alone; undefined when it does not exist, is hidden or belongs to somebody else. */
  find(personId: string, chatId: string): Promise<Chat | undefined>;
  /** All messages of a chat, oldest first, in one query whatever their number. */
  messages(chatId: string): Promise<readonly Message[]>;
  update(chatId: string, patch: ChatPatch, titleIndexText?: string): Promise<void>;
  /** Hides (`deletedAt`) or shows (null) a chat; false when there is no such chat. */
  setDeleted(personId: string, chatId: string, deletedAt: number | null): Promise<boolean>;
  addTurn(turn: NewTurn): Promise<void>;
  updateAnswer(answerId: string, update: AnswerUpdate): Promise<void>;
  answerTokens(answerId: string): Promise<AnswerTokens | undefined>;
  /** Answers that a former life of the program left unfinished. */
  unfinishedAnswers(): Promise<readonly AssistantMessage[]>;
  /** Erases chats hidden before `deletedBefore` and files never sent that are older than `unsentBefore`. */
  purge(limits: { readonly deletedBefore: number; readonly unsentBefore: number }): Promise<void>;
}

/** A file at rest: facts, and its text page by page (one page where the file has none) or its picture. */
export interface StoredAttachment {
  readonly attachment: Attachment;
  readonly pageTexts: readonly string[];
  /** The bytes of a picture; absent for files that are sent as text. */
  readonly picture?: Uint8Array;
}

export interface AttachmentStore {
  insert(personId: string, stored: StoredAttachment, createdAt: number): Promise<void>;
  /** In the order of the ids; unknown ids and those of other people are left out. */
  find(personId: string, ids: readonly string[]): Promise<readonly StoredAttachment[]>;
  /** Changes the pages of a file; false when a message already holds it. */
  updateUnsent(attachment: Attachment): Promise<boolean>;
}

export interface PresetStore {
  list(personId: string): Promise<readonly Preset[]>;
  insert(personId: string, preset: Preset, createdAt: number): Promise<void>;
  /** False when there is no such preset. */
  update(personId: string, preset: Preset): Promise<boolean>;
  remove(personId: string, presetId: string): Promise<boolean>;
}

/** What one file turned out to hold. */
export interface ExtractedText {
  readonly mediaType: string;
  readonly pageTexts: readonly string[];
  /** The pages are real ones (PDF), not one piece of text. */
  readonly hasPages: boolean;
}

/** Reads the text of files, away from the event loop. Refuses with one sentence for people. */
export interface TextExtractor {
  extract(name: string, body: Uint8Array): Promise<ExtractedText>;
}

/** What chats need to know about models. */
export interface ChatModels extends InferenceBackend {
  /** The model's own default system prompt; empty when it has none. */
  defaultSystemPrompt(model: string): Promise<string>;
  /** SHA-256 of the model behind this id, as far as it is known. */
  digest(model: string): string | undefined;
}

/** The part of a logger that chats use; first data without prompts or answers, then a fixed sentence. */
export interface ChatLog {
  warn(data: object, sentence: string): void;
  error(data: object, sentence: string): void;
}
