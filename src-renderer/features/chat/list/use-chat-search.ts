import { useEffect, useState } from 'react';
import { api } from '../../../api.ts';
import type { ChatSummary } from '../types.ts';

export type ChatSearch =
  | { readonly phase: 'idle' }
  | { readonly phase: 'searching' }
  | { readonly phase: 'found'; readonly chats: readonly ChatSummary[] }
  | { readonly phase: 'failed'; readonly error: unknown };

/** Typing pauses this long before the runtime is asked. */
const pauseMs = 150;

/** Searches every message of every chat while one types; earlier results stay until new ones come. */
export function useChatSearch(text: string): ChatSearch {
  const [state, setState] = useState<ChatSearch>({ phase: 'idle' });
  const search = text.trim();
  useEffect(() => {
    if (search === '') return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.chats.list({ search }, { signal: stop.signal }).then(
        ({ chats }) => {
          setState({ phase: 'found', chats });
        },
        (error: unknown) => {
          if (!stop.signal.aborted) setState({ phase: 'failed', error });
        },
      );
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [search]);
  if (search === '') return { phase: 'idle' };
  return state.phase === 'idle' ? { phase: 'searching' } : state;
}
