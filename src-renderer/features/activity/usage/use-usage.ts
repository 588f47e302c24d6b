import { useCallback, useMemo } from 'react';
import { api } from '../../../api.ts';
import type { UsageGrouping, UsageReport } from '../../../api.ts';
import { everyMs, useAnswer } from '../../../state/use-answer.ts';
import type { Answered } from '../../../state/use-answer.ts';
import type { Bounds, Step } from './usage-range.ts';

/** The sums move with every request; asked at this pace they are never far behind. */
const pace = everyMs(10_000);

export interface AskedUsage {
  readonly bounds: Bounds;
  readonly step: Step;
  readonly by: UsageGrouping;
}

/** A report together with what it answers, so that it is never drawn under other words. */
export interface ToldUsage {
  readonly asked: AskedUsage;
  readonly report: UsageReport;
}

/** What was used in a range, by whom or what, while somebody looks at it. */
export function useUsage({ bounds, step, by }: AskedUsage): Answered<ToldUsage> {
  const { from, to } = bounds;
  const asked = useMemo(() => ({ bounds: { from, to }, step, by }), [from, to, step, by]);
  const ask = useCallback(
    async (signal: AbortSignal): Promise<ToldUsage> => {
      const { bounds: range, ...rest } = asked;
      return { asked, report: await api.usage.report({ ...range, ...rest }, { signal }) };
    },
    [asked],
  );
  return useAnswer(ask, pace);
}
