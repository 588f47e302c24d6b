import { useHeldPools } from '../../../state/held-pools.ts';
import { useMemberships } from '../../../state/memberships.ts';
import { useChatConfig } from '../panel/use-chat-config.ts';
import { isUsable, runsElsewhere } from '../state/model-choice.ts';
import { readersOf, usualPrivacy } from '../state/readers.ts';
import type { Privacy, Readers } from '../state/readers.ts';
import type { ChatModel } from '../types.ts';

export interface ReadersState {
  readonly privacy: Privacy;
  /** Undefined where there is no pool, or nobody of one is asked. */
  readonly readers: Readers | undefined;
  readonly allow: (privacy: Privacy) => void;
}

/** Who can read the next message of a chat, and who may. */
export function useReaders(chatId: string | undefined, model: ChatModel | undefined): ReadersState {
  const memberships = useMemberships((state) => state.memberships) ?? [];
  const held = useHeldPools((state) => state.pools);
  const { parameters, change } = useChatConfig(chatId);
  const privacy = parameters.privacy ?? usualPrivacy;
  const isAsked = model !== undefined && isUsable(model) && !runsElsewhere(model);
  const hasPool = held.length > 0 || memberships.length > 0;
  return {
    privacy,
    readers: isAsked && hasPool ? readersOf({ model, privacy, memberships, held }) : undefined,
    allow: (next) => {
      change({ parameters: { ...parameters, privacy: next } });
    },
  };
}
