import type { RequestRecord } from '../../contract/activity.ts';
import type { PoolEvent, PoolMachine } from '../../contract/nodes.ts';
import type { z } from 'zod';
import type { poolOverview } from '../../contract/pools.ts';
import type { ledgerLine } from '../../contract/pool-people.ts';
import type { NodeCommand } from '../../core/node.ts';
import type { NodeErrorReport, NodeLink } from '../../tunnel/ports.ts';
import type { CanaryFleet } from '../canaries/ports.ts';
import type { UpstreamDirectory } from '../ports.ts';

export type PoolOverview = z.infer<typeof poolOverview>;
export type LedgerLine = z.infer<typeof ledgerLine>;

/** Something that happened, before it has an id and a time. */
export interface PoolHappening extends Omit<PoolEvent, 'id' | 'at'> {
  readonly poolId: string;
  /** The machine's membership, where it concerns one. */
  readonly machineId?: string;
}

/** The machines of this gateway's pools: what they offer, how they are, what they did. */
export interface Nodes {
  /**
   * Models of pools' machines. The gateway's own machine is among the candidates of visitors only: who
   * is not one reaches it directly.
   */
  readonly directory: UpstreamDirectory;
  /** A device is connected; replaces its earlier link. Part of `TunnelGate`. */
  readonly connected: (link: NodeLink) => void;
  /** Part of `TunnelGate`. */
  readonly errorReported: (membershipId: string, report: NodeErrorReport) => void;
  /** Notes what others know of: people, invites, moved answers. */
  readonly happened: (happening: PoolHappening) => void;
  /**
   * Every request that ended, with the API key that asked. Settles the ledger, and answers what the owners
   * of machines earned by it, in millionths of a US dollar.
   */
  readonly ended: (record: RequestRecord, keyId?: string) => number;

  isOnline(membershipId: string): boolean;
  /** Of one pool, the gateway's own machine included while it shares. */
  counts(poolId: string): { readonly machines: number; readonly machinesOnline: number };
  /** Throws `not-found` for a pool that does not exist. */
  overview(poolId: string): PoolOverview;
  /**
   * Tells overviews of pools that changed, at most twice a second each. Nothing is computed while no
   * listener is there.
   */
  onOverview(listener: (overview: PoolOverview) => void): () => void;
  /** Throws `not-found`. */
  machine(id: string): { readonly machine: PoolMachine; readonly events: PoolEvent[] };

  /** Newest day first; one line per person and day. */
  ledger(poolId: string, days: number): Promise<LedgerLine[]>;
  /** All-time tokens of a member. */
  totals(
    poolId: string,
    personId: string,
  ): { readonly servedTokens: number; readonly consumedTokens: number };
  /**
   * A member's weight in line where contributors go first: 2 for whoever's machines served more tokens in
   * the last 7 days than the member asked for, 1 for everybody else.
   */
  queueWeight(poolId: string, personId: string): number;

  /** The machine ends its answers and gets nothing new until it connects again. */
  drain(machineId: string): Promise<void>;
  /** Throws `forbidden` with one sentence when its owner does not allow it, `conflict` while it is away. */
  command(machineId: string, command: NodeCommand, signal: AbortSignal): Promise<void>;
  /** Lifts a quarantine: the machine's models are probed again. Throws `not-found`. */
  probe(machineId: string): void;
  /** Where canaries are sent. */
  readonly canaries: CanaryFleet;
  /** Stops timers and writes what is left. */
  close(): Promise<void>;
}
