import { useCallback, useEffect, useState } from 'react';
import { api } from '../../../api.ts';
import type { Finding } from '../../../api.ts';
import { useDeed } from '../../../ui/use-deed.ts';
import type { Deed } from '../../../ui/use-deed.ts';

export interface Findings {
  /** Undefined until the first look has ended. */
  readonly findings: readonly Finding[] | undefined;
  readonly look: Deed;
  readonly lookAgain: () => void;
}

const rank = { problem: 0, warning: 1, ok: 2 } as const;

/** What first aid finds, the worst first. Looks once the page is open, and whenever it is asked to. */
export function useFindings(): Findings {
  const look = useDeed();
  const { run } = look;
  const [findings, setFindings] = useState<readonly Finding[]>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    void run(async () => {
      try {
        const answer = await api.firstAid.examine({}, { signal: stop.signal });
        setFindings(answer.findings.toSorted((a, b) => rank[a.outcome] - rank[b.outcome]));
      } catch (thrown) {
        if (!stop.signal.aborted) throw thrown;
      }
    });
    return () => {
      stop.abort();
    };
  }, [run, round]);
  const lookAgain = useCallback(() => {
    setRound((before) => before + 1);
  }, []);
  return { findings, look, lookAgain };
}
