import { appendParts } from './parts.ts';
import { branchTo, defaultLeaf, messagesById } from './tree.ts';
import type { MessageMap } from './tree.ts';
import type { AnswerPart, AssistantMessage, Chat, Message } from '../types.ts';

/** One chat as this tab knows it. */
export interface Conversation {
  readonly chat: Chat;
  readonly messages: MessageMap;
  /** The end of the branch on screen; null in an empty chat. */
  readonly leafId: string | null;
  /** A leaf to move to as soon as its message arrives: the answer to `send` can outrun the news of it. */
  readonly wantedLeafId: string | undefined;
  /** A chunk is missing, so the chat has to be asked for again. */
  readonly hasGap: boolean;
}

export interface AnswerChunk {
  readonly answerId: string;
  readonly index: number;
  readonly parts: readonly AnswerPart[];
}

export type AnswerChange = Pick<AssistantMessage, 'status'> &
  Pick<Partial<AssistantMessage>, 'error' | 'receipt' | 'progress'> & { readonly answerId: string };

/** A chat as the runtime just told it. */
export function openConversation(chat: Chat, list: readonly Message[]): Conversation {
  const messages = messagesById(list);
  const isKnown = chat.leafId !== null && messages[chat.leafId] !== undefined;
  return {
    chat,
    messages,
    leafId: isKnown ? chat.leafId : defaultLeaf(messages),
    wantedLeafId: undefined,
    hasGap: false,
  };
}

/** A chat as the runtime told it, and what was known of it here when it was asked. */
export interface FetchedChat {
  readonly chat: Chat;
  readonly list: readonly Message[];
  readonly knownBefore: MessageMap;
}

/**
 * Merges a fetched copy into an open chat, keeping the branch on screen. Notifications may have
 * overtaken the fetch: an answer that has more chunks here, or that ended here meanwhile, stays.
 */
export function refreshConversation(
  current: Conversation,
  { chat, list, knownBefore }: FetchedChat,
): Conversation {
  const fresh = openConversation(chat, list);
  const messages: Record<string, Message> = { ...fresh.messages };
  for (const [id, known] of Object.entries(current.messages)) {
    const other = messages[id];
    if (known.role !== 'assistant' || other?.role !== 'assistant' || !isRunning(other)) continue;
    const hasEndedMeanwhile = known !== knownBefore[id] && !isRunning(known);
    const isLevel = known.chunkCount === other.chunkCount;
    if (known.chunkCount > other.chunkCount || (isLevel && hasEndedMeanwhile)) {
      messages[id] = known;
    }
  }
  const wanted = current.wantedLeafId;
  if (wanted !== undefined && messages[wanted] !== undefined) {
    return { ...fresh, messages, leafId: wanted };
  }
  const keepsLeaf = current.leafId !== null && messages[current.leafId] !== undefined;
  return {
    ...fresh,
    messages,
    leafId: keepsLeaf ? current.leafId : fresh.leafId,
    wantedLeafId: wanted,
  };
}

/** A message was added. It is followed when it continues the branch on screen. */
export function addMessage(current: Conversation, message: Message): Conversation {
  const known = current.messages[message.id];
  if (known !== undefined && isOlder(message, known)) return current;
  const messages = { ...current.messages, [message.id]: message };
  const isWanted = current.wantedLeafId === message.id;
  const follows = isWanted || message.parentId === current.leafId;
  return {
    ...current,
    messages,
    leafId: follows ? message.id : current.leafId,
    wantedLeafId: isWanted ? undefined : current.wantedLeafId,
  };
}

function isOlder(message: Message, known: Message): boolean {
  return (
    message.role === 'assistant' &&
    known.role === 'assistant' &&
    message.chunkCount < known.chunkCount
  );
}

/** Shows the branch that ends in `leafId`, now or when its message arrives. */
export function moveToLeaf(current: Conversation, leafId: string): Conversation {
  if (current.messages[leafId] === undefined) return { ...current, wantedLeafId: leafId };
  return { ...current, leafId, wantedLeafId: undefined };
}

/**
 * Adds streamed pieces in order. Chunks already folded in are skipped; one from the future marks a
 * gap instead of scrambling the text.
 */
export function addChunks(current: Conversation, chunks: readonly AnswerChunk[]): Conversation {
  const messages: Record<string, Message> = { ...current.messages };
  let hasGap = current.hasGap;
  for (const chunk of chunks) {
    const answer = messages[chunk.answerId];
    if (answer?.role !== 'assistant') {
      hasGap = true;
    } else if (chunk.index === answer.chunkCount) {
      messages[answer.id] = {
        ...answer,
        parts: appendParts(answer.parts, chunk.parts),
        chunkCount: chunk.index + 1,
        status: answer.status === 'waiting' ? 'streaming' : answer.status,
      };
    } else if (chunk.index > answer.chunkCount) {
      hasGap = true;
    }
  }
  return { ...current, messages, hasGap };
}

/** The status, error, receipt or progress of an answer changed; what it said stays. */
export function changeAnswer(current: Conversation, change: AnswerChange): Conversation {
  const answer = current.messages[change.answerId];
  if (answer?.role !== 'assistant') return { ...current, hasGap: true };
  const { error: _error, receipt: _receipt, progress: _progress, ...rest } = answer;
  const changed: AssistantMessage = {
    ...rest,
    status: change.status,
    ...(change.error !== undefined && { error: change.error }),
    ...(change.receipt !== undefined && { receipt: change.receipt }),
    ...(change.progress !== undefined && { progress: change.progress }),
  };
  return { ...current, messages: { ...current.messages, [answer.id]: changed } };
}

/** The answer that is being made on the branch on screen, if one is. */
export function runningAnswer(conversation: Conversation): AssistantMessage | undefined {
  const leaf =
    conversation.leafId === null ? undefined : conversation.messages[conversation.leafId];
  return leaf?.role === 'assistant' && isRunning(leaf) ? leaf : undefined;
}

export function isRunning(answer: AssistantMessage): boolean {
  return answer.status === 'waiting' || answer.status === 'streaming';
}

export function visibleBranch(conversation: Conversation): readonly Message[] {
  return branchTo(conversation.messages, conversation.leafId);
}
