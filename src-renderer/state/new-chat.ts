import { create } from 'zustand';
import type { ChatParameters } from '../api.ts';

/** What was chosen for a chat that does not exist yet; it is made by the first message. */
export interface NewChat {
  readonly model: string | undefined;
  readonly systemPrompt: string;
  readonly parameters: ChatParameters;
}

const untouched: NewChat = { model: undefined, systemPrompt: '', parameters: {} };

export const useNewChat = create<NewChat>()(() => untouched);

/** The next new chat starts from the defaults again. */
export function forgetNewChat(): void {
  useNewChat.setState(untouched, true);
}
