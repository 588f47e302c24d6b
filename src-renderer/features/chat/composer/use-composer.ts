import { useState } from 'react';
import { api } from '../../../api.ts';
import { useChats } from '../state/chats.ts';
import { runningAnswer } from '../state/conversation.ts';
import { changeChat, sendMessage, startChat, stopAnswer } from '../state/deeds.ts';
import { putInLine, takeFromLine, useLine } from '../state/line.ts';
import type { MessageInLine } from '../state/line.ts';
import { useNewChat } from '../../../state/new-chat.ts';
import { judgeSight } from '../state/sight.ts';
import type { SightVerdict } from '../state/sight.ts';
import { editMessage } from '../state/view.ts';
import type { AssistantMessage, Attachment, ChatModel, Message } from '../types.ts';
import { contextUse } from './context-use.ts';
import type { ContextUse } from './context-use.ts';
import { createDrafts, newChatDraft } from './drafts.ts';
import { useUnreachable } from './model-words.ts';
import { readyAttachments, usePendingFiles } from './use-attachments.ts';
import type { PendingFiles } from './use-attachments.ts';
import { useChosenModel } from './use-chosen-model.ts';
import { useDraftTokens } from './use-draft-tokens.ts';

const drafts = createDrafts(localStorage);

// A message in line lives in this window only: with the page gone it is a draft again.
addEventListener('pagehide', () => {
  for (const [chatId, { text, attachments }] of Object.entries(useLine.getState())) {
    drafts.write(chatId, joinTexts(text, drafts.read(chatId)));
    drafts.writeFiles(chatId, [...attachments, ...drafts.readFiles(chatId)]);
  }
});

function joinTexts(...texts: readonly string[]): string {
  return texts.filter((text) => text.trim() !== '').join('\n\n');
}

/** Everything the composer shows and does. */
export interface ComposerState {
  readonly text: string;
  readonly model: ChatModel | undefined;
  readonly pending: PendingFiles;
  /** The answer that *Stop* would stop. */
  readonly running: AssistantMessage | undefined;
  /** The message that goes out when that answer is complete. */
  readonly inLine: MessageInLine | undefined;
  /** Undefined while the model is not loaded, because nobody knows its limit then. */
  readonly use: ContextUse | undefined;
  /** Why nothing can be sent to the model now, as a sentence; undefined while it can be asked. */
  readonly unreachable: string | undefined;
  /** Whether the model can read the pictures that it would be sent. */
  readonly sight: SightVerdict;
  /** Something can be sent, or put in line while an answer runs. */
  readonly canSend: boolean;
  readonly isSending: boolean;
  readonly error: unknown;
  readonly write: (text: string) => void;
  readonly send: () => void;
  readonly stop: () => void;
  /** Takes the message in line back into the text field. */
  readonly takeBack: () => void;
  readonly editLast: () => void;
  readonly chooseModel: (model: ChatModel) => void;
}

export function useComposer(chatId: string | undefined, branch: readonly Message[]): ComposerState {
  const draftKey = chatId ?? newChatDraft;
  const [text, setText] = useDraftText(draftKey);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const pending = useDraftFiles(draftKey);
  const model = useChosenModel(chatId);
  const running = useRunning(chatId);
  const inLine = useLine((line) => (chatId === undefined ? undefined : line[chatId]));
  const attachments = readyAttachments(pending.files);
  const use = useContextUse({ chatId, branch, model, text, attachments });

  const hasContent = text.trim() !== '' || attachments.length > 0;
  const sight = judgeSight({ model, attachments, branch });
  const unreachable = useUnreachable(model);
  const canAsk = model !== undefined && unreachable === undefined && sight === 'fine';
  const canSend = hasContent && !isReading(pending) && canAsk;

  const write = (next: string) => {
    setText(next);
    setError(undefined);
  };
  const send = () => {
    if (!canSend || isSending) return;
    if (running !== undefined) {
      putInLine(running.chatId, { text, attachments, model: model.id, behindId: running.id });
      write('');
      pending.clear();
      return;
    }
    setSending(true);
    setError(undefined);
    const message = { text, attachmentIds: attachments.map(({ id }) => id), model: model.id };
    sendNow(chatId, branch, message)
      .then(() => {
        write('');
        pending.clear();
      }, setError)
      .finally(() => {
        setSending(false);
      });
  };

  return {
    ...{ text, model, pending, running, inLine, use, sight, unreachable },
    ...{ canSend, isSending, error, write, send },
    stop: () => {
      if (running !== undefined) stopAnswer(running.chatId, running.id).catch(setError);
    },
    takeBack: () => {
      const message = chatId === undefined ? undefined : takeFromLine(chatId);
      if (message === undefined) return;
      write(joinTexts(message.text, text));
      pending.put(message.attachments);
    },
    editLast: () => {
      editLastOf(branch);
    },
    chooseModel: (chosen) => void chooseFor(chatId, chosen).catch(setError),
  };
}

/** Goes out behind the newest message of a chat, or as the first of a new one. */
function sendNow(
  chatId: string | undefined,
  branch: readonly Message[],
  message: Parameters<typeof startChat>[0],
): Promise<void> {
  if (chatId === undefined) return startChat(message);
  return sendMessage({ ...message, chatId, parentId: branch.at(-1)?.id ?? null });
}

function useDraftText(draftKey: string): readonly [string, (text: string) => void] {
  const [text, setText] = useState(() => drafts.read(draftKey));
  const write = (next: string) => {
    setText(next);
    drafts.write(draftKey, next);
  };
  return [text, write];
}

function isReading({ files }: PendingFiles): boolean {
  return files.some((file) => file.phase === 'reading');
}

function useDraftFiles(draftKey: string): PendingFiles {
  return usePendingFiles({
    read: () => drafts.readFiles(draftKey),
    write: (files) => {
      drafts.writeFiles(draftKey, files);
    },
  });
}

function editLastOf(branch: readonly Message[]): void {
  const last = branch.findLast((message) => message.role === 'user');
  if (last !== undefined) editMessage(last.id);
}

async function chooseFor(chatId: string | undefined, chosen: ChatModel): Promise<void> {
  if (chatId === undefined) useNewChat.setState({ model: chosen.id });
  else await changeChat(chatId, { model: chosen.id });
  // A pool loads by itself what is asked of it.
  if (chosen.pool !== undefined) return;
  // Choosing is the moment to start loading: the time of writing is not lost.
  const { phase } = chosen.state;
  if (phase === 'installed' || phase === 'failed') await api.models.load({ id: chosen.id });
}

function useRunning(chatId: string | undefined): AssistantMessage | undefined {
  return useChats((state) => {
    const conversation = chatId === undefined ? undefined : state.open[chatId];
    return conversation === undefined ? undefined : runningAnswer(conversation);
  });
}

interface ContextParts {
  readonly chatId: string | undefined;
  readonly branch: readonly Message[];
  readonly model: ChatModel | undefined;
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

function useContextUse(parts: ContextParts): ContextUse | undefined {
  const { chatId, branch, model, text, attachments } = parts;
  const ofChat = useChats((state) =>
    chatId === undefined ? undefined : state.open[chatId]?.chat.parameters.maxTokens,
  );
  const ofNewChat = useNewChat((state) => state.parameters.maxTokens);
  const limit = model?.loaded?.contextLength;
  const draftTokens = useDraftTokens(limit === undefined ? undefined : model?.id, text);
  if (limit === undefined) return undefined;
  const attachmentTokens = attachments.reduce((sum, { tokens }) => sum + tokens, 0);
  const maxTokens = chatId === undefined ? ofNewChat : ofChat;
  return contextUse({ branch, draftTokens, attachmentTokens, maxTokens, limit });
}
