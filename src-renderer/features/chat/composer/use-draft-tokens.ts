import { useEffect, useState } from 'react';
import { api } from '../../../api.ts';

/** Writing pauses this long before the text is counted. */
const pauseMs = 400;

/**
 * Tokens of the text being written, as the model would read it. Undefined while nobody has counted
 * them: the model is not loaded, or the text has just changed from nothing.
 */
export function useDraftTokens(modelId: string | undefined, text: string): number | undefined {
  const [counted, setCounted] = useState<{ readonly text: string; readonly tokens: number }>();
  const isEmpty = text.trim() === '';
  useEffect(() => {
    if (modelId === undefined || isEmpty) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api.models.count({ id: modelId, text }, { signal: stop.signal }).then(
        ({ tokens }) => {
          setCounted(tokens === null ? undefined : { text, tokens });
        },
        // Offline or aborted: the level keeps showing what it knows.
        () => undefined,
      );
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [modelId, text, isEmpty]);
  return isEmpty ? 0 : counted?.tokens;
}
