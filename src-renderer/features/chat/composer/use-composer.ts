import { useRef, useState } from 'react';
import type { RefObject } from 'react';
import { api } from '../../../api.ts';
import { useChats } from '../state/chats.ts';
import { runningAnswer } from '../state/conversation.ts';
import { changeChat, sendMessage, startChat, stopAnswer } from '../state/deeds.ts';
import { useNewChat } from '../state/new-chat.ts';
import { editMessage } from '../state/view.ts';
import type { AssistantMessage, InstalledModel, Message } from '../types.ts';
import { contextUse } from './context-use.ts';
import type { ContextUse } from './context-use.ts';
import { createDrafts, newChatDraft } from './drafts.ts';
import { readyAttachments, usePendingFiles } from './use-attachments.ts';
import type { PendingFiles } from './use-attachments.ts';
import { useChosenModel } from './use-chosen-model.ts';
import { useDraftTokens } from './use-draft-tokens.ts';

const drafts = createDrafts(localStorage);

/** Everything the composer shows and does. */
export interface ComposerState {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly model: InstalledModel | undefined;
  readonly pending: PendingFiles;
  /** The answer that *Stop* would stop. */
  readonly running: AssistantMessage | undefined;
  /** Undefined while the model is not loaded, because nobody knows its limit then. */
  readonly use: ContextUse | undefined;
  readonly canSend: boolean;
  readonly isSending: boolean;
  readonly error: unknown;
  readonly wantsFocus: boolean;
  readonly write: (text: string) => void;
  /** Puts a text there to be looked at and sent by hand. */
  readonly suggest: (text: string) => void;
  readonly send: () => void;
  readonly stop: () => void;
  readonly editLast: () => void;
  readonly chooseModel: (model: InstalledModel) => void;
  readonly focus: () => void;
}

export function useComposer(chatId: string | undefined, branch: readonly Message[]): ComposerState {
  const draftKey = chatId ?? newChatDraft;
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => drafts.read(draftKey));
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const pending = usePendingFiles();
  const model = useChosenModel(chatId);
  const running = useRunning(chatId);
  const use = useContextUse(chatId, branch, model, text, pending);

  const attachmentIds = readyAttachments(pending.files).map(({ id }) => id);
  const isReading = pending.files.some((file) => file.phase === 'reading');
  const hasContent = text.trim() !== '' || attachmentIds.length > 0;
  const canSend = hasContent && !isReading && model !== undefined && running === undefined;

  const write = (next: string) => {
    setText(next);
    drafts.write(draftKey, next);
  };
  const send = () => {
    if (!canSend || isSending) return;
    setSending(true);
    setError(undefined);
    const message = { text, attachmentIds, model: model.id };
    const work =
      chatId === undefined
        ? startChat(message)
        : sendMessage({ ...message, chatId, parentId: branch.at(-1)?.id ?? null });
    work
      .then(() => {
        write('');
        pending.clear();
      }, setError)
      .finally(() => {
        setSending(false);
      });
  };

  return {
    field,
    text,
    model,
    pending,
    running,
    use,
    canSend,
    isSending,
    error,
    // On a touch screen the focus would bring up the keyboard before anybody asked for it.
    wantsFocus: !matchMedia('(pointer: coarse)').matches,
    write,
    suggest: (suggestion) => {
      write(suggestion);
      field.current?.focus();
    },
    send,
    stop: () => {
      if (running !== undefined) stopAnswer(running.chatId, running.id).catch(setError);
    },
    editLast: () => {
      const last = branch.findLast((message) => message.role === 'user');
      if (last !== undefined) editMessage(last.id);
    },
    chooseModel: (chosen) => {
      if (chatId === undefined) useNewChat.setState({ model: chosen.id });
      else changeChat(chatId, { model: chosen.id }).catch(setError);
      // Choosing is the moment to start loading: the time of writing is not lost.
      const { phase } = chosen.state;
      if (phase === 'installed' || phase === 'failed') {
        api.models.load({ id: chosen.id }).catch(setError);
      }
    },
    focus: () => field.current?.focus(),
  };
}

function useRunning(chatId: string | undefined): AssistantMessage | undefined {
  return useChats((state) => {
    const conversation = chatId === undefined ? undefined : state.open[chatId];
    return conversation === undefined ? undefined : runningAnswer(conversation);
  });
}

function useContextUse(
  chatId: string | undefined,
  branch: readonly Message[],
  model: InstalledModel | undefined,
  text: string,
  pending: PendingFiles,
): ContextUse | undefined {
  const ofChat = useChats((state) =>
    chatId === undefined ? undefined : state.open[chatId]?.chat.parameters.maxTokens,
  );
  const ofNewChat = useNewChat((state) => state.parameters.maxTokens);
  const limit = model?.loaded?.contextLength;
  const draftTokens = useDraftTokens(limit === undefined ? undefined : model?.id, text);
  if (limit === undefined) return undefined;
  const attachmentTokens = readyAttachments(pending.files).reduce(
    (sum, { tokens }) => sum + tokens,
    0,
  );
  const maxTokens = chatId === undefined ? ofNewChat : ofChat;
  return contextUse({ branch, draftTokens, attachmentTokens, maxTokens, limit });
}
