import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { WebhookSecretView } from '../../contract/alerts.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { Secrets } from './ports.ts';

/** What a message is sent with, so that whoever takes it knows that it is ours, whole and new. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Seconds since 1970, of this try. */
  readonly 'webhook-timestamp': string;
  /** `v1,…`; two of them apart by a space while a former secret still counts. */
  readonly 'webhook-signature': string;
}

/**
 * The secret that alerts are signed with, as Standard Webhooks has it. It is made when it is first needed,
 * and lies encrypted where the keys of providers lie. Everything rejects with `unavailable` where it cannot
 * be read: an alert is never sent unsigned. `renew` works also then, as far as there is a store to write to.
 */
export interface WebhookSecret {
  show(): Promise<WebhookSecretView>;
  /** A new one. The former signs as well for a day, so that no alert is refused while it is exchanged. */
  renew(): Promise<WebhookSecretView>;
  /** `body` exactly as it is sent. */
  sign(message: { readonly id: string; readonly body: string }): Promise<SignedHeaders>;
}

interface WebhookSecretDeps {
  readonly secrets: Secrets;
  readonly clock: Pick<Clock, 'now'>;
}

const storedAs = 'alerts/webhook';
const prefix = 'whsec_';
const secretBytes = 32;
const formerCountsMs = 24 * 3600_000;

const stored = z.object({
  secret: z.string(),
  former: z.object({ secret: z.string(), until: z.number() }).optional(),
});
type Stored = z.infer<typeof stored>;

export function createWebhookSecret({ secrets, clock }: WebhookSecretDeps): WebhookSecret {
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: two that come at once must not make two secrets. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  async function read(): Promise<Stored> {
    const text = await secrets.read(storedAs);
    return text === undefined ? keep({ secret: draw() }) : parse(text);
  }

  async function keep(next: Stored): Promise<Stored> {
    await secrets.write(storedAs, JSON.stringify(next));
    return next;
  }

  /** The former one only while it counts. */
  function counting({ secret, former }: Stored): Stored {
    const stillCounts = former !== undefined && former.until > clock.now();
    return stillCounts ? { secret, former } : { secret };
  }

  return {
    show: async () => viewOf(counting(await inTurn(read))),
    renew: () =>
      inTurn(async () => {
        // One that cannot be read any more is what a new one is the remedy for.
        const former = await read().catch(() => undefined);
        const until = clock.now() + formerCountsMs;
        const counts = former !== undefined && { former: { secret: former.secret, until } };
        return viewOf(await keep({ secret: draw(), ...counts }));
      }),
    async sign({ id, body }) {
      const { secret, former } = counting(await inTurn(read));
      const timestamp = Math.floor(clock.now() / 1000).toString();
      const signed = `${id}.${timestamp}.${body}`;
      const by = former === undefined ? [secret] : [secret, former.secret];
      return {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': by.map((each) => signatureOf(signed, each)).join(' '),
      };
    },
  };
}

function parse(text: string): Stored {
  try {
    return stored.parse(JSON.parse(text));
  } catch (cause) {
    const message = 'The secret that alerts are signed with is damaged; make a new one';
    throw new MillpondError('unavailable', message, { cause });
  }
}

const draw = (): string => `${prefix}${randomBytes(secretBytes).toString('base64')}`;

function viewOf({ secret, former }: Stored): WebhookSecretView {
  return { secret, ...(former !== undefined && { formerUntil: former.until }) };
}

function signatureOf(signed: string, secret: string): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
