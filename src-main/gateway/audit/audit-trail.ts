import type { HttpMethod } from '../../contract/kinds.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { AuditFacts, AuditLog } from './audit-log.ts';
import { subjectOf } from './audit-subject.ts';
import type { AuditNames } from './ports.ts';

/** A control call on its way. */
export interface AuditedCall {
  readonly section: string;
  readonly name: string;
  readonly method: HttpMethod;
  /** Empty for strangers. */
  readonly personId: string;
  readonly address: string;
  /** As it came, not checked yet. */
  readonly input: unknown;
}

/** Says how the call ended; called once. */
export type AuditEnding = (
  ended: { readonly output: unknown } | { readonly error: unknown },
) => void;

/** Writes down every control call that changes something, whether it was allowed or not. */
export interface AuditTrail {
  /** Called before the call is made: what it removes has no name afterwards. */
  begin(call: AuditedCall): AuditEnding;
}

interface AuditTrailDeps {
  readonly log: Pick<AuditLog, 'add'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly names: AuditNames;
  readonly people: {
    nameOf(personId: string): string | undefined;
    /** Whose account a name signs in to. */
    namedBy(name: string): string | undefined;
  };
  /** Whose bearer it is. */
  readonly personOf: (token: string) => string | undefined;
}

/** Conversations belong to one person and are nobody else's business, not even that there are any. */
const privateSections: ReadonlySet<string> = new Set(['chats']);

/** They only ask, though they are sent with a body. */
const questions: ReadonlySet<string> = new Set([
  ...['config.check', 'memberships.preview'],
  ...['models.count', 'models.predict', 'models.suggest'],
]);

const strangersPerMinute = 60;
const notWritten: AuditEnding = () => {};

export function createAuditTrail(deps: AuditTrailDeps): AuditTrail {
  const { log, names, people, personOf } = deps;
  const strangers = new Ration(deps.clock, strangersPerMinute);

  function strangerFacts(call: AuditedCall, output: unknown): Pick<AuditFacts, Who> {
    const token = fieldOf(output, 'token');
    const personId = (token === undefined ? undefined : personOf(token)) ?? '';
    const tried = fieldOf(call.input, 'name');
    const isSignIn = call.name === 'signIn';
    // A name that nobody has may be a password in the wrong field.
    const named = isSignIn ? people.namedBy(tried ?? '') : undefined;
    return {
      personId,
      personName: people.nameOf(personId) ?? '',
      subject: named ?? people.nameOf(personId) ?? '',
    };
  }

  return {
    begin(call) {
      const { section, name, personId, address } = call;
      const action = `${section}.${name}`;
      if (call.method === 'GET' || privateSections.has(section) || questions.has(action)) {
        return notWritten;
      }
      const known = personId !== '' && {
        ...{ personId, personName: people.nameOf(personId) ?? '' },
        subject: subjectOf(call, names),
      };
      return (ended) => {
        const outcome = 'error' in ended ? MillpondError.from(ended.error).code : 'done';
        const isStranger = known === false && outcome !== 'done';
        if (isStranger && !strangers.take()) return;
        const output = 'output' in ended ? ended.output : undefined;
        log.add({ ...(known || strangerFacts(call, output)), action, outcome, address });
      };
    },
  };
}

type Who = 'personId' | 'personName' | 'subject';

/** So many a minute: who hammers at the door fills no disk. */
class Ration {
  private readonly clock: Pick<Clock, 'now'>;
  private readonly perMinute: number;
  private startedAt = 0;
  private taken = 0;

  constructor(clock: Pick<Clock, 'now'>, perMinute: number) {
    this.clock = clock;
    this.perMinute = perMinute;
  }

  take(): boolean {
    const now = this.clock.now();
    if (now - this.startedAt >= 60_000) {
      this.startedAt = now;
      this.taken = 0;
    }
    this.taken += 1;
    return this.taken <= this.perMinute;
  }
}

function fieldOf(value: unknown, field: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Object.entries(value).find(([name]) => name === field)?.[1];
  return typeof found === 'string' ? found : undefined;
}
