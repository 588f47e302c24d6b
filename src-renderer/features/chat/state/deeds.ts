import { api } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { changeOpen, openNewChat, refreshChats, replaceChat, showLeaf, useChats } from './chats.ts';
import { forgetNewChat, useNewChat } from '../../../state/new-chat.ts';
import { saveFile } from '../../../state/save-file.ts';
import { newestLeafBelow } from './tree.ts';
import type { Chat, ChatParameters } from '../types.ts';

/** A message ready to go. */
export interface Outgoing {
  readonly chatId: string;
  /** What it answers to; null is the start of a chat. An earlier message makes a new branch. */
  readonly parentId: string | null;
  readonly text: string;
  readonly attachmentIds: readonly string[];
  readonly model: string;
}

/** Sends a message and shows the branch its answer is in. Rejects with a `MillpondError`. */
export async function sendMessage(outgoing: Outgoing): Promise<void> {
  const { chatId, parentId, text, model } = outgoing;
  const attachmentIds = [...outgoing.attachmentIds];
  const { answerId } = await api.chats.send({ id: chatId, parentId, text, attachmentIds, model });
  changeOpen(chatId, (current) => ({ ...current, chat: { ...current.chat, model } }));
  showLeaf(chatId, answerId);
}

/** Makes a chat out of its first message and goes there. Leaves no empty chat behind on failure. */
export async function startChat(first: Omit<Outgoing, 'chatId' | 'parentId'>): Promise<void> {
  const { systemPrompt, parameters } = useNewChat.getState();
  let chat = await api.chats.create({
    model: first.model,
    ...(systemPrompt !== '' && { systemPrompt }),
  });
  try {
    if (Object.keys(parameters).length > 0) {
      chat = await api.chats.update({ id: chat.id, parameters });
    }
    openNewChat(chat);
    await sendMessage({ ...first, chatId: chat.id, parentId: null });
  } catch (thrown) {
    api.chats.remove({ id: chat.id }).catch(() => undefined); // An empty chat is only untidy.
    throw thrown;
  }
  forgetNewChat();
  navigate({ page: 'chat', chatId: chat.id });
}

export async function regenerate(
  chatId: string,
  answerId: string,
  model: string | undefined,
): Promise<void> {
  const next = await api.chats.regenerate({
    id: chatId,
    answerId,
    ...(model !== undefined && { model }),
  });
  showLeaf(chatId, next.answerId);
}

export async function continueAnswer(chatId: string, answerId: string): Promise<void> {
  const next = await api.chats.continueAnswer({ id: chatId, answerId });
  showLeaf(chatId, next.answerId);
}

export async function stopAnswer(chatId: string, answerId: string): Promise<void> {
  await api.chats.stop({ id: chatId, answerId });
}

/** Shows another branch at once; the runtime remembers it for the next visit. */
export function switchBranch(chatId: string, siblingId: string): void {
  const conversation = useChats.getState().open[chatId];
  if (conversation === undefined) return;
  const leafId = newestLeafBelow(conversation.messages, siblingId);
  showLeaf(chatId, leafId);
  // Only the memory of the place is lost when this fails.
  api.chats.update({ id: chatId, leafId }).catch(() => undefined);
}

export interface ChatChange {
  readonly title?: string;
  readonly pinned?: boolean;
  readonly systemPrompt?: string;
  readonly model?: string;
  readonly parameters?: ChatParameters;
}

/** Changes a chat on screen at once and takes it back, rejecting, when the runtime refuses. */
export async function changeChat(chatId: string, change: ChatChange): Promise<void> {
  const before = useChats.getState();
  showChange(chatId, change);
  let chat: Chat;
  try {
    chat = await api.chats.update({ id: chatId, ...change });
  } catch (thrown) {
    const chatBefore = before.open[chatId]?.chat;
    if (chatBefore !== undefined) replaceChat(chatBefore);
    useChats.setState({ summaries: before.summaries });
    throw thrown;
  }
  replaceChat(chat);
}

function showChange(chatId: string, change: ChatChange): void {
  changeOpen(chatId, (current) => ({ ...current, chat: { ...current.chat, ...change } }));
  const { title, pinned } = change;
  if (title === undefined && pinned === undefined) return;
  useChats.setState(({ summaries }) => ({
    summaries: summaries?.map((summary) =>
      summary.id === chatId
        ? {
            ...summary,
            ...(title !== undefined && { title }),
            ...(pinned !== undefined && { pinned }),
          }
        : summary,
    ),
  }));
}

/** Takes a chat off the list; `restoreChat` brings it back. */
export async function removeChat(chatId: string): Promise<void> {
  await api.chats.remove({ id: chatId });
  useChats.setState(({ summaries }) => ({
    summaries: summaries?.filter((summary) => summary.id !== chatId),
  }));
}

export async function restoreChat(chatId: string): Promise<void> {
  await api.chats.restore({ id: chatId });
  await refreshChats();
}

export type ExportFormat = 'markdown' | 'json';

/** Hands a chat to the browser as a file. */
export async function exportChat(chatId: string, format: ExportFormat): Promise<void> {
  const { fileName, mediaType, text } = await api.chats.exportChat({ id: chatId, format });
  saveFile(fileName, mediaType, text);
}
