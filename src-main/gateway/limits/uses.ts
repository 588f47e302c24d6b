import type { LimitUse, UsageLimits } from '../../contract/limits.ts';
import type { Clock } from '../../core/clock.ts';
import type { LimitSubject, QuotaStore } from './ports.ts';
import { quotaLimits, subjectKey } from './subject-state.ts';
import type { QuotaLimit, SubjectState } from './subject-state.ts';

interface UsesDeps {
  readonly limits: UsageLimits;
  /** Absent: it has not asked since the start. */
  readonly state: SubjectState | undefined;
  readonly quotas: QuotaStore;
  readonly clock: Clock;
}

/** How far each limit is used, for people to read. What running requests reserved counts as used. */
export async function usesOf(subject: LimitSubject, deps: UsesDeps): Promise<readonly LimitUse[]> {
  const quotas = Object.keys(quotaLimits).filter(isQuotaLimit);
  const perPeriod = await Promise.all(quotas.map((limit) => quotaUse(subject, limit, deps)));
  return [...rateUses(deps), ...perPeriod.flat()];
}

function rateUses({ limits, state, clock }: UsesDeps): readonly LimitUse[] {
  const uses: LimitUse[] = [];
  const now = clock.monotonic();
  const { requestsPerMinute, tokensPerMinute, concurrentRequests } = limits;
  const rates = [
    ['requestsPerMinute', requestsPerMinute, state?.requests],
    ['tokensPerMinute', tokensPerMinute, state?.tokens],
  ] as const;
  for (const [limit, allowed, rate] of rates) {
    if (allowed === undefined) continue;
    const resetsAt = clock.now() + Math.ceil(rate?.resetMs(now) ?? 0);
    uses.push({ limit, allowed, used: rate?.used(now) ?? 0, resetsAt });
  }
  if (concurrentRequests !== undefined) {
    const used = state?.running ?? 0;
    uses.push({ limit: 'concurrentRequests', allowed: concurrentRequests, used });
  }
  return uses;
}

async function quotaUse(
  subject: LimitSubject,
  limit: QuotaLimit,
  { limits, state, quotas, clock }: UsesDeps,
): Promise<readonly LimitUse[]> {
  const allowed = limits[limit];
  if (allowed === undefined) return [];
  const { unit, periodAt } = quotaLimits[limit];
  const period = periodAt(clock.now());
  const book = { subject: subjectKey(subject), unit, period: period.name };
  const used = state?.knownAccount(limit)?.committed ?? (await quotas.taken(book));
  return [{ limit, allowed, used, resetsAt: period.endsAt }];
}

function isQuotaLimit(name: string): name is QuotaLimit {
  return Object.hasOwn(quotaLimits, name);
}
