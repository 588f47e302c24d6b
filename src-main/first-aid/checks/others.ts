import type { Finding } from '../../contract/first-aid.ts';
import type { Check } from '../examine.ts';
import { byDeed, byGoingTo, ok, problem, warning } from '../finding.ts';
import { sentence } from '../format.ts';

/** A joined pool as far as first aid cares. */
export interface JoinedPool {
  readonly id: string;
  readonly poolName: string;
  readonly link:
    | { readonly phase: 'connecting' | 'online' }
    | { readonly phase: 'waiting'; readonly problem: string }
    | { readonly phase: 'closed'; readonly reason: string; readonly message: string };
}

const revoked = new Set(['membership-revoked', 'unknown-member', 'stale-epoch']);

export function checkPools(pools: () => readonly JoinedPool[]): Check {
  return {
    about: 'the pools',
    limitMs: 5000,
    run: () => pools().map(poolFinding),
  };
}

function poolFinding({ id, poolName: pool, link }: JoinedPool): Finding {
  const about = { subject: id, fix: byGoingTo(`/pool/${id}`) };
  switch (link.phase) {
    case 'connecting':
    case 'online':
      return ok('pool', { pool });
    case 'waiting':
      return warning('pool-away', { ...about, values: { pool, reason: sentence(link.problem) } });
    case 'closed':
      if (revoked.has(link.reason)) return problem('pool-revoked', { ...about, values: { pool } });
      if (link.reason === 'wrong-gateway') {
        return problem('pool-other-gateway', { ...about, values: { pool } });
      }
      return problem('pool-closed', {
        ...about,
        values: { pool, reason: sentence(link.message) },
      });
  }
}

/** A provider as far as first aid cares. */
export interface AskedProvider {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly keys: readonly { readonly shown: string; readonly state: { readonly phase: string } }[];
  readonly state: { readonly phase: string; readonly reason?: string };
}

export function checkProviders(providers: () => readonly AskedProvider[]): Check {
  return {
    about: 'the providers',
    limitMs: 5000,
    run() {
      const enabled = providers().filter(({ isEnabled }) => isEnabled);
      if (enabled.length === 0) return [];
      const findings = enabled.flatMap(providerFindings);
      return findings.length > 0
        ? findings
        : [ok('providers', { count: enabled.length.toString() })];
    },
  };
}

function providerFindings({ id, name: provider, keys, state }: AskedProvider): readonly Finding[] {
  const refused = keys
    .filter((key) => key.state.phase === 'refused')
    .map(({ shown }) =>
      problem('provider-key-refused', {
        ...{ subject: id, values: { provider, key: shown } },
        fix: byGoingTo('/server/providers'),
      }),
    );
  if (refused.length > 0 || state.phase !== 'failing') return refused;
  const values = { provider, reason: sentence(state.reason ?? 'it does not answer') };
  return [warning('provider-failing', { subject: id, values, fix: byDeed('retry-provider') })];
}
