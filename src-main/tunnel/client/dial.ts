import { MillpondError } from '../../core/error.ts';
import { TunnelRefusal } from '../refusal.ts';
import { verifyGateway } from './verify-gateway.ts';
import type { GatewayTrust, VerifiedGateway, WayOut } from './verify-gateway.ts';

/** Each further address is tried so much later, unless the ones before have failed. */
const staggerMs = 250;
/** Of one address, from the first packet to the certificate. */
const connectWithinMs = 10_000;
/** Of an invite, so that nobody makes us scan a network. */
const mostCandidates = 16;

interface Failure {
  readonly address: string;
  readonly error: unknown;
}

/**
 * Tries all addresses of a gateway and takes the first that proves to be it; the others are closed.
 * Rejects with `unavailable`, reason `gateway-unreachable`, and a sentence that says what each address
 * did; a `TunnelRefusal` with `wrong-gateway` when strangers answered at all of them; `forbidden` with
 * `local-only`; or the signal's reason.
 */
export async function dial(
  candidates: readonly string[],
  trust: GatewayTrust,
  options: WayOut & { readonly signal: AbortSignal },
): Promise<VerifiedGateway> {
  const { clock } = options;
  const addresses = candidates.slice(0, mostCandidates);
  const found = Promise.withResolvers<VerifiedGateway>();
  const over = new AbortController();
  const failures: Failure[] = [];
  let started = 0;
  let cancelStagger = (): void => {};

  const abort = (): void => {
    found.reject(options.signal.reason);
  };
  const startNext = (): void => {
    cancelStagger();
    if (over.signal.aborted) return;
    if (failures.length === addresses.length) found.reject(whyNobody(failures));
    const address = addresses[started];
    if (address === undefined) return;
    started += 1;
    cancelStagger = clock.after(staggerMs, startNext);
    attempt(address, trust, { ...options, signal: over.signal }).then(
      found.resolve,
      (error: unknown) => {
        failures.push({ address, error });
        startNext();
      },
    );
  };

  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();
  else startNext();
  try {
    return await found.promise;
  } finally {
    options.signal.removeEventListener('abort', abort);
    cancelStagger();
    over.abort(new Error('another address was faster'));
  }
}

async function attempt(
  address: string,
  trust: GatewayTrust,
  options: WayOut & { readonly signal: AbortSignal },
): Promise<VerifiedGateway> {
  const late = new AbortController();
  const cancelLate = options.clock.after(connectWithinMs, () => {
    late.abort(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
  });
  try {
    const signal = AbortSignal.any([options.signal, late.signal]);
    return await verifyGateway(address, trust, { ...options, signal });
  } finally {
    cancelLate();
  }
}

/** What each kind of failure means for somebody who looks at a list of addresses. */
const deeds: Readonly<Record<string, string>> = {
  refused: 'nothing answers at',
  timeout: 'no answer in time from',
  'name-unknown': 'nobody knows the name of',
  'not-tls': 'something else than Millpond answers at',
  'broken-off': 'the connection broke off at',
  'wrong-gateway': 'another gateway answers at',
};

function whyNobody(failures: readonly Failure[]): Error {
  const errors = failures.map(({ error }) => error).filter((error) => error instanceof Error);
  const strangers = errors.filter((error) => error instanceof TunnelRefusal);
  const [first] = errors;
  if (
    first !== undefined &&
    (strangers.length === failures.length || isAlike(errors, 'local-only'))
  ) {
    return first;
  }
  const message =
    failures.length === 1 && first !== undefined ? first.message : summaryOf(failures);
  return new MillpondError('unavailable', message, {
    reason: 'gateway-unreachable',
    cause: first,
  });
}

function isAlike(errors: readonly Error[], reason: string): boolean {
  return errors.every((error) => error instanceof MillpondError && error.reason === reason);
}

function summaryOf(failures: readonly Failure[]): string {
  if (failures.length === 0) return 'No address of the gateway is known; ask for a new invite';
  const byDeed = Map.groupBy(failures, ({ error }) => deedOf(error));
  const clauses = [...byDeed].map(([deed, group]) => `${deed} ${listOf(group)}`);
  return `The gateway cannot be reached (${clauses.join('; ')}); check that it runs and that this machine is online`;
}

function deedOf(error: unknown): string {
  const reason =
    error instanceof TunnelRefusal || error instanceof MillpondError ? error.reason : undefined;
  return deeds[reason ?? ''] ?? 'no connection to';
}

function listOf(failures: readonly Failure[]): string {
  const addresses = failures.map(({ address }) => address);
  return addresses.length < 2
    ? addresses.join('')
    : `${addresses.slice(0, -1).join(', ')} and ${addresses.at(-1) ?? ''}`;
}
