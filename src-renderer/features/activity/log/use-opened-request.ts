import { useEffect, useState } from 'react';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api } from '../../../api.ts';
import type { RequestRecord } from '../../../api.ts';

export interface OpenedRequest {
  /** Undefined while it is asked for, and when there is none. */
  readonly request: RequestRecord | undefined;
  /** Why the request that the address names cannot be shown. */
  readonly error: MillpondError | undefined;
}

interface Answer extends OpenedRequest {
  readonly id: string;
}

/** The request that the address names: of the rows on screen, where it changes live, else out of the log. */
export function useOpenedRequest(
  id: string | undefined,
  rows: readonly RequestRecord[] | undefined,
): OpenedRequest {
  const shown = rows?.find((row) => row.id === id);
  const [answer, setAnswer] = useState<Answer>();
  const isMissing = id !== undefined && rows !== undefined && shown === undefined;
  useEffect(() => {
    if (!isMissing) return undefined;
    const left = new AbortController();
    api.activity.get({ id }, { signal: left.signal }).then(
      (request) => {
        setAnswer({ id, request, error: undefined });
      },
      (thrown: unknown) => {
        if (left.signal.aborted) return;
        setAnswer({ id, request: undefined, error: MillpondError.from(thrown) });
      },
    );
    return () => {
      left.abort();
    };
  }, [id, isMissing]);
  const told = isMissing && answer?.id === id ? answer : undefined;
  return { request: shown ?? told?.request, error: told?.error };
}
