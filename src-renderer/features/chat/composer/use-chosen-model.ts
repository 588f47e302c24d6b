import { useMemo } from 'react';
import { useModels } from '../../../state/models.ts';
import { useSettings } from '../../../state/settings.ts';
import { useChats } from '../state/chats.ts';
import { chooseModel } from '../state/model-choice.ts';
import { useNewChat } from '../../../state/new-chat.ts';
import type { InstalledModel } from '../types.ts';

/** The model that the next message of a chat goes to; undefined chat means the one not made yet. */
export function useChosenModel(chatId: string | undefined): InstalledModel | undefined {
  const models = useModels((state) => state.models);
  const preferred = useSettings((state) => state.settings?.defaultModel);
  const ofChat = useChats((state) =>
    chatId === undefined ? undefined : state.open[chatId]?.chat.model,
  );
  const ofNewChat = useNewChat((state) => state.model);
  const chosen = chatId === undefined ? ofNewChat : ofChat;
  return useMemo(
    () => chooseModel({ models: models ?? [], chosen, preferred }),
    [models, chosen, preferred],
  );
}
