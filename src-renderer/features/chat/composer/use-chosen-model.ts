import { useMemo } from 'react';
import { useSettings } from '../../../state/settings.ts';
import { useChats } from '../state/chats.ts';
import { chooseModel } from '../state/model-choice.ts';
import { useNewChat } from '../../../state/new-chat.ts';
import { useChatModels, useMissingModel } from '../state/use-chat-models.ts';
import type { ChatModel } from '../types.ts';

/** The model that the next message of a chat goes to; undefined chat means the one not made yet. */
export function useChosenModel(chatId: string | undefined): ChatModel | undefined {
  const models = useChatModels();
  const preferred = useSettings((state) => state.settings?.defaultModel);
  const ofChat = useChats((state) =>
    chatId === undefined ? undefined : state.open[chatId]?.chat.model,
  );
  const ofNewChat = useNewChat((state) => state.model);
  const chosen = chatId === undefined ? ofNewChat : ofChat;
  const missing = useMissingModel();
  return useMemo(
    () => chooseModel({ models, chosen, preferred, missing }),
    [models, chosen, preferred, missing],
  );
}
