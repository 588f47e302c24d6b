import type { LimitUse, UsageLimits } from '../../contract/limits.ts';
import type { Clock } from '../../core/clock.ts';
import type { LimitSubject } from './ports.ts';
import { quotaLimits } from './subject-state.ts';
import type { QuotaLimit } from './subject-state.ts';
import type { Subjects } from './subjects.ts';

/** How far each limit is used, for people to read. What running requests reserved counts as used. */
export function usesOf(
  limits: UsageLimits,
  subject: LimitSubject,
  subjects: Subjects,
  clock: Clock,
): readonly LimitUse[] {
  const state = subjects.find(subject);
  const monotonic = clock.monotonic();
  const uses: LimitUse[] = [];
  const { requestsPerMinute, tokensPerMinute, concurrentRequests } = limits;
  const rates = [
    ['requestsPerMinute', requestsPerMinute, state?.requests],
    ['tokensPerMinute', tokensPerMinute, state?.tokens],
  ] as const;
  for (const [limit, allowed, rate] of rates) {
    if (allowed === undefined) continue;
    const resetsAt = clock.now() + Math.ceil(rate?.resetMs(monotonic) ?? 0);
    uses.push({ limit, allowed, used: rate?.used(monotonic) ?? 0, resetsAt });
  }
  if (concurrentRequests !== undefined) {
    const used = state?.running ?? 0;
    uses.push({ limit: 'concurrentRequests', allowed: concurrentRequests, used });
  }
  for (const limit of Object.keys(quotaLimits).filter(isQuotaLimit)) {
    const allowed = limits[limit];
    if (allowed === undefined) continue;
    const { endsAt } = quotaLimits[limit].periodAt(clock.now());
    uses.push({ limit, allowed, used: subjects.usedOf(subject, limit), resetsAt: endsAt });
  }
  return uses;
}

function isQuotaLimit(name: string): name is QuotaLimit {
  return Object.hasOwn(quotaLimits, name);
}
