import type { Clock } from '../../core/clock.ts';
import type { AdvertisedModel } from '../../core/node.ts';
import type { Logger } from '../../platform/logger.ts';
import type { NodeProof, NodeProofs, ProofStore, StoredProof } from '../nodes/ports.ts';

/** What one canary said: whether the weights are those of the reference. */
export type Finding = 'match' | 'mismatch';

interface ProofBookDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ProofStore;
  /** What earlier runs found. */
  readonly stored: readonly StoredProof[];
  /** The owner's own machines have nothing to prove. */
  readonly isOwn: (machineId: string) => boolean;
}

interface Record {
  state: NodeProof['state'];
  problem: string | undefined;
  /** The newest findings, oldest first. */
  findings: readonly Finding[];
}

/** Findings that a verdict looks at, and how many of them decide it. */
const window = 3;
const decisive = 2;

const own: NodeProof = { state: 'own' };
const unverified: NodeProof = { state: 'unverified' };

/** Verdicts about the weights of machines. Read for every candidate: reads memory only. */
export class ProofBook implements NodeProofs {
  private readonly deps: ProofBookDeps;
  private readonly machines = new Map<string, Map<string, Record>>();
  private readonly listeners = new Set<(machineId: string) => void>();

  constructor(deps: ProofBookDeps) {
    this.deps = deps;
    for (const { membershipId, digest, verdict, reason } of deps.stored) {
      const record = this.record(membershipId, digest);
      record.state = verdict;
      record.problem = verdict === 'quarantined' ? reason : undefined;
    }
  }

  readonly of = (machineId: string, { digest }: AdvertisedModel): NodeProof => {
    if (this.deps.isOwn(machineId)) return own;
    const record = digest === undefined ? undefined : this.machines.get(machineId)?.get(digest);
    if (record === undefined) return unverified;
    const { state, problem } = record;
    return { state, ...(problem !== undefined && { problem }) };
  };

  readonly isQuarantined = (machineId: string, { digest }: AdvertisedModel): boolean =>
    digest !== undefined && this.machines.get(machineId)?.get(digest)?.state === 'quarantined';

  readonly forget = (machineId: string): void => {
    this.machines.delete(machineId);
    void this.deps.store.remove(machineId).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, nodeId: machineId }, 'verdicts were not removed');
    });
    this.tell(machineId);
  };

  readonly onChanged = (listener: (machineId: string) => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Somebody could say; until then nothing is known. Never takes a verdict back. */
  await(machineId: string, digest: string, canBeChecked: boolean): void {
    const record = this.record(machineId, digest);
    const next = canBeChecked ? 'checking' : 'unverified';
    if (record.state === 'verified' || record.state === 'quarantined' || record.state === next) {
      return;
    }
    record.state = next;
    this.tell(machineId);
  }

  /** Two mismatches of the last three quarantine; two matches verify. True at a new quarantine. */
  note(machineId: string, digest: string, finding: Finding, reason: string): boolean {
    const record = this.record(machineId, digest);
    if (record.state === 'quarantined') return false;
    record.findings = [...record.findings, finding].slice(-window);
    if (count(record.findings, 'mismatch') >= decisive) {
      this.decide({ machineId, digest, record }, 'quarantined', reason);
      return true;
    }
    if (record.state !== 'verified' && count(record.findings, 'match') >= decisive) {
      this.decide({ machineId, digest, record }, 'verified', '');
    }
    return false;
  }

  /** Something was found or is being looked for. */
  isKnown(machineId: string): boolean {
    return this.machines.has(machineId);
  }

  /** The last finding spoke against it: the next one should not wait. */
  isSuspect(machineId: string, digest: string): boolean {
    const record = this.machines.get(machineId)?.get(digest);
    return record?.findings.includes('mismatch') === true;
  }

  isVerified(machineId: string, digest: string): boolean {
    return this.machines.get(machineId)?.get(digest)?.state === 'verified';
  }

  private decide(
    of: { readonly machineId: string; readonly digest: string; readonly record: Record },
    verdict: 'verified' | 'quarantined',
    reason: string,
  ): void {
    const { machineId, digest, record } = of;
    record.state = verdict;
    record.problem = verdict === 'quarantined' ? reason : undefined;
    const proof = { membershipId: machineId, digest, verdict, reason, at: this.deps.clock.now() };
    void this.deps.store.save(proof).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, nodeId: machineId }, 'a verdict was not written');
    });
    this.tell(machineId);
  }

  private record(machineId: string, digest: string): Record {
    const ofMachine = this.machines.get(machineId) ?? new Map<string, Record>();
    this.machines.set(machineId, ofMachine);
    const record = ofMachine.get(digest) ?? {
      state: 'unverified',
      problem: undefined,
      findings: [],
    };
    ofMachine.set(digest, record);
    return record;
  }

  private tell(machineId: string): void {
    for (const listener of this.listeners) listener(machineId);
  }
}

function count(findings: readonly Finding[], wanted: Finding): number {
  return findings.filter((finding) => finding === wanted).length;
}
