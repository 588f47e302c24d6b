import { useState } from 'react';
import { useChats } from '../state/chats.ts';
import { changeChat } from '../state/deeds.ts';
import { useNewChat } from '../../../state/new-chat.ts';
import type { ChatParameters } from '../types.ts';

/** What the panel shows and changes: of a chat, or of the one that the next message makes. */
export interface ChatConfig {
  readonly systemPrompt: string;
  readonly parameters: ChatParameters;
  /** Why the last change was refused. */
  readonly error: unknown;
  readonly change: (change: {
    readonly systemPrompt?: string;
    readonly parameters?: ChatParameters;
  }) => void;
}

export function useChatConfig(chatId: string | undefined): ChatConfig {
  const [error, setError] = useState<unknown>(undefined);
  const chat = useChats((state) => (chatId === undefined ? undefined : state.open[chatId]?.chat));
  const next = useNewChat();
  const { systemPrompt, parameters } = chatId === undefined || chat === undefined ? next : chat;
  return {
    systemPrompt,
    parameters,
    error,
    change: (change) => {
      setError(undefined);
      if (chatId === undefined) useNewChat.setState(change);
      else changeChat(chatId, change).catch(setError);
    },
  };
}
