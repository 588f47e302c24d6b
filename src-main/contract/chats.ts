import { z } from 'zod';
import {
  answerTimings,
  chatParameters,
  errorBody,
  id,
  instant,
  nothing,
  tokenUsage,
} from './common.ts';
import { call, notify, upload } from './kinds.ts';

const maxAttachmentBytes = 64 * 1024 * 1024;

export const chatSummary = z.object({
  id,
  title: z.string(),
  pinned: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
  /** An answer of this chat is being written right now. */
  isRunning: z.boolean(),
  /** Present in search results: the text around the match, with the match between U+E000 and U+E001. */
  excerpt: z.string().optional(),
  /** The message that matched, in search results. */
  messageId: id.optional(),
});
export type ChatSummary = z.infer<typeof chatSummary>;

/** A file that travels with a message: as its text, or as a picture for a model that sees. */
export const attachment = z.object({
  id,
  name: z.string(),
  mediaType: z.string(),
  sizeBytes: z.number(),
  /** Characters of extracted text. */
  characters: z.number(),
  /** Pages of a PDF; absent for files without pages. */
  pages: z.int().optional(),
  /** Which pages are sent, such as `1-12`; absent means all. */
  pageRange: z.string().optional(),
  /** Estimated tokens of what is sent. */
  tokens: z.int(),
  /** Sent as a picture; needs a model that sees. */
  isImage: z.boolean(),
});
export type Attachment = z.infer<typeof attachment>;

export const answerPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('reasoning'), text: z.string(), durationMs: z.number().optional() }),
  z.object({
    type: z.literal('tool-call'),
    id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
]);
export type AnswerPart = z.infer<typeof answerPart>;

/**
 * - `waiting` in line or its model is loading · `streaming` · `done`
 * - `stopped` by the person · `failed` with `error` · `interrupted` by a crash or restart; text kept
 */
export const answerStatus = z.enum([
  'waiting',
  'streaming',
  'done',
  'stopped',
  'failed',
  'interrupted',
]);
export type AnswerStatus = z.infer<typeof answerStatus>;

/** An answer that lost its machine, and went on elsewhere behind `atToken`. */
export const answerMove = z.object({
  from: z.string(),
  to: z.string(),
  atToken: z.int(),
  pauseMs: z.number(),
});
export type AnswerMove = z.infer<typeof answerMove>;

/** What happens while no text comes: a place in line, 1 is next, or a share of the load from 0 to 1. */
export const answerProgress = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('queued'), position: z.int(), etaMs: z.number().optional() }),
  z.object({
    phase: z.literal('loading'),
    machine: z.string(),
    share: z.number(),
    etaMs: z.number().optional(),
  }),
  answerMove.extend({ phase: z.literal('moved') }),
]);
export type AnswerProgress = z.infer<typeof answerProgress>;

/** The line under an answer. Everything in it was measured. */
export const receipt = z.object({
  model: z.string(),
  machine: z.string(),
  usage: tokenUsage,
  timings: answerTimings,
  finishReason: z.string(),
  /** Machines it came over from, in order; absent for an answer that stayed where it began. */
  moves: z.array(answerMove).optional(),
});
export type Receipt = z.infer<typeof receipt>;

const messageBase = { id, chatId: id, parentId: id.nullable(), createdAt: instant };
export const message = z.discriminatedUnion('role', [
  z.object({
    ...messageBase,
    role: z.literal('user'),
    text: z.string(),
    attachments: z.array(attachment),
  }),
  z.object({
    ...messageBase,
    role: z.literal('assistant'),
    model: z.string(),
    parts: z.array(answerPart),
    /** How many chunk notifications are already folded into `parts`; later ones are appended. */
    chunkCount: z.int(),
    status: answerStatus,
    error: errorBody.optional(),
    receipt: receipt.optional(),
    /** Of a running answer only. */
    progress: answerProgress.optional(),
  }),
]);
export type Message = z.infer<typeof message>;
export type AssistantMessage = Extract<Message, { role: 'assistant' }>;
export type UserMessage = Extract<Message, { role: 'user' }>;

export const chat = z.object({
  id,
  title: z.string(),
  pinned: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
  systemPrompt: z.string(),
  /** Absent until a first message chose one. */
  model: z.string().optional(),
  parameters: chatParameters,
  /** The last message of the branch on screen; null in an empty chat. */
  leafId: id.nullable(),
});
export type Chat = z.infer<typeof chat>;

export const preset = z.object({
  id,
  name: z.string(),
  systemPrompt: z.string(),
  parameters: chatParameters,
});
export type Preset = z.infer<typeof preset>;

const presetInput = z.strictObject({
  name: z.string().trim().min(1).max(80),
  systemPrompt: z.string().max(100_000).default(''),
  parameters: chatParameters.default({}),
});

/** Conversations. A chat is a tree; a branch is the way from the root to a leaf. */
export const chats = {
  /** Newest first, pinned on top; with `search`, every chat in which all words occur, best first. */
  list: call(
    'GET',
    '/control/chats',
    z.strictObject({ search: z.string().max(200).optional() }),
    z.object({ chats: z.array(chatSummary) }),
  ),
  create: call(
    'POST',
    '/control/chats',
    z.strictObject({ model: z.string().optional(), systemPrompt: z.string().optional() }),
    chat,
  ),
  get: call(
    'GET',
    '/control/chats/:id',
    z.strictObject({ id }),
    z.object({ chat, messages: z.array(message) }),
  ),
  update: call(
    'PATCH',
    '/control/chats/:id',
    z.strictObject({
      id,
      title: z.string().trim().min(1).max(200).optional(),
      pinned: z.boolean().optional(),
      systemPrompt: z.string().max(100_000).optional(),
      model: z.string().optional(),
      parameters: chatParameters.optional(),
      leafId: id.optional(),
    }),
    chat,
  ),
  /** Hidden at once, erased for good after 30 days; `restore` brings it back until then. */
  remove: call('DELETE', '/control/chats/:id', z.strictObject({ id }), nothing),
  restore: call('POST', '/control/chats/:id/restore', z.strictObject({ id }), chat),
  /**
   * Adds a message behind `parentId` (null: as a first message) and starts its answer. A parent that
   * already has children gets a new branch, which is how a message is edited.
   */
  send: call(
    'POST',
    '/control/chats/:id/messages',
    z.strictObject({
      id,
      parentId: id.nullable(),
      text: z.string().max(2_000_000),
      attachmentIds: z.array(id).max(32).default([]),
      model: z.string(),
    }),
    z.object({ messageId: id, answerId: id }),
  ),
  /** A new branch: another answer to the same message, with another model if one is given. */
  regenerate: call(
    'POST',
    '/control/chats/:id/regenerate',
    z.strictObject({ id, answerId: id, model: z.string().optional() }),
    z.object({ answerId: id }),
  ),
  /** Goes on behind the last token of an answer that was cut, stopped or interrupted. */
  continueAnswer: call(
    'POST',
    '/control/chats/:id/continue',
    z.strictObject({ id, answerId: id }),
    z.object({ answerId: id }),
  ),
  stop: call('POST', '/control/chats/:id/stop', z.strictObject({ id, answerId: id }), nothing),
  exportChat: call(
    'GET',
    '/control/chats/:id/export',
    z.strictObject({ id, format: z.enum(['markdown', 'json']) }),
    z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  ),

  attach: upload(
    '/control/attachments',
    z.strictObject({ name: z.string().min(1).max(255) }),
    attachment,
    maxAttachmentBytes,
  ),
  /** Sends only some pages; answers with the new size. */
  choosePages: call(
    'PATCH',
    '/control/attachments/:id',
    z.strictObject({ id, pageRange: z.string().max(100) }),
    attachment,
  ),
  /** The text that the model reads. */
  attachmentText: call(
    'GET',
    '/control/attachments/:id/text',
    z.strictObject({ id }),
    z.object({ text: z.string() }),
  ),
  /** An attached picture as a data address. */
  picture: call(
    'GET',
    '/control/attachments/:id/picture',
    z.strictObject({ id }),
    z.object({ dataUrl: z.string() }),
  ),

  presets: call('GET', '/control/presets', nothing, z.object({ presets: z.array(preset) })),
  createPreset: call('POST', '/control/presets', presetInput, preset),
  updatePreset: call(
    'PATCH',
    '/control/presets/:id',
    z.strictObject({
      id,
      name: z.string().trim().min(1).max(80).optional(),
      systemPrompt: z.string().max(100_000).optional(),
      parameters: chatParameters.optional(),
    }),
    preset,
  ),
  removePreset: call('DELETE', '/control/presets/:id', z.strictObject({ id }), nothing),

  /** A chat appeared, was renamed, moved, hidden or restored; the list should be asked again. */
  onChanged: notify('chats.changed', z.object({ chatId: id })),
  /** A message was added to a chat. */
  onMessage: notify('chats.message', z.object({ chatId: id, message })),
  /**
   * The next pieces of an answer. `index` counts notifications of this answer from 0; skip those
   * below the message's `chunkCount`. A part of the same kind as the last one is appended to it.
   */
  onChunk: notify(
    'chats.chunk',
    z.object({ chatId: id, answerId: id, index: z.int(), parts: z.array(answerPart) }),
  ),
  /** Status, receipt, error or progress of an answer changed; text is not repeated. */
  onAnswer: notify(
    'chats.answer',
    z.object({
      chatId: id,
      answerId: id,
      status: answerStatus,
      error: errorBody.optional(),
      receipt: receipt.optional(),
      /** Absent: nothing holds it up. */
      progress: answerProgress.optional(),
    }),
  ),
};
