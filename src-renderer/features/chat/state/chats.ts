import { create } from 'zustand';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api, events, onResync } from '../../../api.ts';
import { addChunks, addMessage, changeAnswer } from './conversation.ts';
import { moveToLeaf, openConversation, refreshConversation } from './conversation.ts';
import type { AnswerChunk, Conversation } from './conversation.ts';
import { createFrameBatch, nextFrame } from './frame-batch.ts';
import type { Chat, ChatSummary } from '../types.ts';

interface ChatsState {
  /** Every chat, newest first; undefined until the first answer. */
  readonly summaries: readonly ChatSummary[] | undefined;
  /** The chats that were opened in this tab. */
  readonly open: Readonly<Record<string, Conversation>>;
  /** Why a chat could not be opened. */
  readonly failures: Readonly<Record<string, MillpondError>>;
}

export const useChats = create<ChatsState>()(() => ({
  summaries: undefined,
  open: {},
  failures: {},
}));

/** Changes one open chat; does nothing when it is not open here. */
export function changeOpen(chatId: string, change: (current: Conversation) => Conversation): void {
  useChats.setState((state) => {
    const current = state.open[chatId];
    if (current === undefined) return state;
    const next = change(current);
    return next === current ? state : { open: { ...state.open, [chatId]: next } };
  });
}

export function replaceChat(chat: Chat): void {
  changeOpen(chat.id, (current) => ({ ...current, chat }));
}

/** Puts a chat on screen that the runtime has just made. */
export function openNewChat(chat: Chat): void {
  useChats.setState((state) => ({
    open: { ...state.open, [chat.id]: openConversation(chat, []) },
  }));
}

export function showLeaf(chatId: string, leafId: string): void {
  changeOpen(chatId, (current) => moveToLeaf(current, leafId));
}

let latestListRequest = 0;

/** Asks for the list again. The newest request wins, whatever order the answers come in. */
export async function refreshChats(): Promise<void> {
  latestListRequest += 1;
  const request = latestListRequest;
  const { chats } = await api.chats.list({});
  if (request === latestListRequest) useChats.setState({ summaries: chats });
}

interface Fetches {
  readonly running: Promise<void>;
  readonly following: Promise<void> | undefined;
}

const fetches = new Map<string, Fetches>();

/**
 * Asks for a chat with its messages. What is on its way already may be older than the reason to ask,
 * so one more request follows it, shared by all who ask meanwhile.
 */
export function fetchChat(chatId: string): Promise<void> {
  const known = fetches.get(chatId);
  if (known?.following !== undefined) return known.following;
  if (known === undefined) {
    const running = loadChat(chatId).finally(() => {
      if (fetches.get(chatId)?.running === running) fetches.delete(chatId);
    });
    fetches.set(chatId, { running, following: undefined });
    return running;
  }
  const following = known.running.then(() => fetchChat(chatId));
  fetches.set(chatId, { running: known.running, following });
  return following;
}

async function loadChat(chatId: string): Promise<void> {
  try {
    const knownBefore = useChats.getState().open[chatId]?.messages ?? {};
    const { chat, messages: list } = await api.chats.get({ id: chatId });
    useChats.setState((state) => {
      const current = state.open[chatId];
      const { [chatId]: _solved, ...failures } = state.failures;
      const next =
        current === undefined
          ? openConversation(chat, list)
          : refreshConversation(current, { chat, list, knownBefore });
      return { open: { ...state.open, [chatId]: next }, failures };
    });
  } catch (thrown) {
    const error = MillpondError.from(thrown);
    useChats.setState((state) => ({ failures: { ...state.failures, [chatId]: error } }));
  }
}

interface ArrivedChunk extends AnswerChunk {
  readonly chatId: string;
}

function addArrived(chunks: readonly ArrivedChunk[]): void {
  for (const [chatId, own] of Map.groupBy(chunks, (chunk) => chunk.chatId)) {
    changeOpen(chatId, (current) => addChunks(current, own));
    fillGap(chatId);
  }
}

/** A missing chunk cannot come any more: the chat is asked for again. */
function fillGap(chatId: string): void {
  if (useChats.getState().open[chatId]?.hasGap !== true) return;
  changeOpen(chatId, (current) => ({ ...current, hasGap: false }));
  void fetchChat(chatId);
}

/** Keeps the list and the open chats true. Returns the way to stop. */
export function followChats(): () => void {
  const batch = createFrameBatch<ArrivedChunk>(addArrived, nextFrame);
  const stops = [
    onResync(refreshEverything),
    events.chats.onChanged(({ chatId }) => {
      listIsStale();
      if (useChats.getState().open[chatId] !== undefined) void refreshHead(chatId);
    }),
    events.chats.onMessage(({ chatId, message }) => {
      changeOpen(chatId, (current) => addMessage(current, message));
    }),
    events.chats.onChunk(batch.push),
    events.chats.onAnswer(({ chatId, ...change }) => {
      // The pieces held back for the next frame belong before the change.
      batch.flush();
      changeOpen(chatId, (current) => changeAnswer(current, change));
      fillGap(chatId);
    }),
  ];
  refreshEverything();
  return () => {
    for (const stop of stops) stop();
    batch.flush();
  };
}

function refreshEverything(): void {
  listIsStale();
  for (const chatId of Object.keys(useChats.getState().open)) void fetchChat(chatId);
}

/** Title, prompt and parameters may have changed in another tab; the branch on screen stays. */
async function refreshHead(chatId: string): Promise<void> {
  const summary = useChats.getState().summaries?.find(({ id }) => id === chatId);
  // A chat that was erased elsewhere answers 404 and leaves through the list.
  if (summary !== undefined) await fetchChat(chatId);
}

let isListRequested = false;

/** Several changes in a row make one request. */
function listIsStale(): void {
  if (isListRequested) return;
  isListRequested = true;
  nextFrame(() => {
    isListRequested = false;
    // Offline: the next connection asks again.
    refreshChats().catch(() => undefined);
  });
}
