import { useCallback, useEffect, useState } from 'react';
import { api } from '../../../api.ts';
import type { AuditEntry } from '../../../api.ts';
import { everyMs, useAnswer } from '../../../state/use-answer.ts';
import type { Answered } from '../../../state/use-answer.ts';

/** Entries come with every change that somebody makes. */
const pace = everyMs(10_000);
/** Typing asks once it pauses. */
const typingPauseMs = 200;
const pageSize = 200;

interface Entries {
  readonly entries: readonly AuditEntry[];
  readonly total: number;
}

export interface Audit {
  /** Newest first; undefined until the first answer. */
  readonly entries: readonly AuditEntry[] | undefined;
  readonly total: number;
  readonly error: Answered<Entries>['error'];
  readonly retry: () => void;
  /** Shows more of them; undefined when all are there. */
  readonly older: (() => void) | undefined;
}

/** The log of changes with these words in it. */
export function useAudit(search: string): Audit {
  const paused = usePaused(search.trim(), typingPauseMs);
  const [pages, setPages] = useState(1);
  const ask = useCallback(
    (signal: AbortSignal) => askPages({ search: paused, pages }, signal),
    [paused, pages],
  );
  const { answer, error, refresh } = useAnswer(ask, pace);
  const shown = answer?.entries.length ?? 0;
  return {
    entries: answer?.entries,
    total: answer?.total ?? 0,
    error,
    retry: refresh,
    older:
      answer !== undefined && shown < answer.total
        ? () => {
            setPages(Math.floor(shown / pageSize) + 1);
          }
        : undefined,
  };
}

/** Page after page, each behind the one before, so that none is left out between them. */
async function askPages(
  { search, pages }: { readonly search: string; readonly pages: number },
  signal: AbortSignal,
): Promise<Entries> {
  const entries: AuditEntry[] = [];
  let total = 0;
  for (let page = 0; page < pages; page += 1) {
    const last = entries.at(-1);
    const query = {
      limit: pageSize,
      ...(last !== undefined && { before: last.at }),
      ...(search !== '' && { search }),
    };
    const answer = await api.audit.list(query, { signal });
    if (page === 0) total = answer.total;
    entries.push(...answer.entries);
    if (answer.entries.length < pageSize) break;
  }
  return { entries, total };
}

function usePaused(value: string, ms: number): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setPaused(value);
    }, ms);
    return () => {
      clearTimeout(timer);
    };
  }, [value, ms]);
  return paused;
}
