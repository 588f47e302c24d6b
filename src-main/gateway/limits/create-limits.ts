import type { LimitUse, UsageLimits } from '../../contract/limits.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { PipelineStage, RequestContext } from '../pipeline/pipeline.ts';
import { dayAt, monthAt } from './calendar.ts';
import type { Candidates } from './candidates.ts';
import { limitStage } from './limit-stage.ts';
import type { LimitStageDeps } from './limit-stage.ts';
import type {
  LimitNotice,
  LimitPrices,
  LimitSource,
  LimitSubject,
  QuotaStore,
  RateStore,
} from './ports.ts';
import { createSteps } from './steps.ts';
import type { Limited } from './steps.ts';
import { Subjects } from './subjects.ts';
import { usesOf } from './uses.ts';
import { quotaLimits, subjectKey } from './subject-state.ts';
import type { QuotaLimit } from './subject-state.ts';

export interface LimitsDeps {
  readonly source: LimitSource;
  readonly quotas: QuotaStore;
  readonly rates: RateStore;
  readonly prices: LimitPrices;
  readonly candidates: Candidates;
  /** Told once per day or month and limit, when four fifths of it are used. */
  readonly onNotice?: (notice: LimitNotice) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What keys, people and models may use. */
export interface Limits {
  /** Of the key and the person who ask: behind the name, in front of aliases. */
  readonly stage: PipelineStage;
  /** Of the model that is asked: inside an alias, so that its next member can be tried. */
  readonly modelStage: PipelineStage;
  /** How far each limit of a subject is used; what running requests reserved counts as used. */
  usesOf(subject: LimitSubject): readonly LimitUse[];
  /** Returns what was leased and not used, and keeps the rates. Called when nothing runs any more. */
  close(): Promise<void>;
}

const noticeShare = 0.8;
const keptMs = 400 * 24 * 60 * 60_000;

export async function createLimits(deps: LimitsDeps): Promise<Limits> {
  const { source, clock, logger, quotas, rates, prices, candidates } = deps;
  const before = await rates.open();
  await quotas.prune(monthAt(clock.now() - keptMs).name);
  const taken = await quotas.takenIn([dayAt(clock.now()).name, monthAt(clock.now()).name]);
  const subjects = new Subjects({ store: quotas, clock, logger }, before, taken);
  const limited = (subject: LimitSubject, limits: UsageLimits | undefined): readonly Limited[] =>
    limits === undefined || isEmpty(limits)
      ? []
      : [{ state: subjects.of(subject, limits), limits }];
  const shared: Omit<LimitStageDeps, 'name' | 'limitedOf'> = {
    steps: createSteps((spender, limit) => {
      tellWhenNearlyUsed(spender, limit, deps);
    }),
    ...{ prices, candidates, clock },
  };
  const ofCaller = ({ caller }: RequestContext): readonly Limited[] => {
    const { personId } = caller;
    const ofPerson = limited({ kind: 'person', id: personId }, source.ofPerson(personId));
    if (caller.kind !== 'key') return ofPerson;
    const { keyId } = caller;
    return [...limited({ kind: 'key', id: keyId }, source.ofKey(keyId)), ...ofPerson];
  };
  const ofModel = ({ request }: RequestContext): readonly Limited[] => {
    const { model } = request.envelope;
    return limited({ kind: 'model', id: model }, source.ofModel(model));
  };
  return {
    stage: limitStage({ ...shared, name: 'limits', limitedOf: ofCaller }),
    modelStage: limitStage({ ...shared, name: 'model-limits', limitedOf: ofModel }),
    usesOf: (subject) => usesOf(limitsOf(source, subject), subject, subjects, clock),
    async close() {
      await Promise.all([...subjects.all].map((state) => state.giveBack()));
      await rates.close(subjects.save());
    },
  };
}

function limitsOf(source: LimitSource, { kind, id }: LimitSubject): UsageLimits {
  switch (kind) {
    case 'key':
      return source.ofKey(id) ?? {};
    case 'person':
      return source.ofPerson(id) ?? {};
    case 'model':
      return source.ofModel(id) ?? {};
  }
}

function isEmpty(limits: UsageLimits): boolean {
  return Object.values(limits).every((limit) => limit === undefined);
}

function tellWhenNearlyUsed(
  { state, limits }: Limited,
  limit: QuotaLimit,
  { onNotice, logger }: LimitsDeps,
): void {
  const allowed = limits[limit];
  const account = state.knownAccount(limit);
  if (onNotice === undefined || allowed === undefined || account === undefined) return;
  const used = account.spent;
  if (allowed === 0 || used < allowed * noticeShare) return;
  const { subject } = state;
  account.tellOnce().then(
    (isFirst) => {
      if (isFirst) onNotice({ subject, limit, allowed, used, resetsAt: account.period.endsAt });
    },
    (error: unknown) => {
      const about = { err: error, subject: subjectKey(subject), unit: quotaLimits[limit].unit };
      logger.warn(about, 'it could not be noted that a quota is nearly used up');
    },
  );
}
