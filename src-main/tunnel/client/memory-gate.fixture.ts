import type {
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
} from '../../core/inference.ts';
import type {
  Enrolment,
  Knock,
  KnownMembership,
  MembershipGrant,
  NodeErrorReport,
  NodeLink,
  TunnelGate,
} from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';

/** A gateway's people, in memory. */
export class MemoryGate implements TunnelGate {
  readonly gatewayId = 'gateway-of-the-pool';
  readonly memberships: Map<string, KnownMembership>;
  /** Secrets that may be swapped, and what each gives. */
  readonly invites = new Map<string, MembershipGrant | TunnelRefusal>();
  readonly knocks: { readonly knock: Knock; readonly words: readonly string[] }[] = [];
  /** Requests of members. */
  readonly asked: InferenceRequest[] = [];
  readonly reports: NodeErrorReport[] = [];
  readonly epochs: number[] = [];
  /** A knocking device has gone away. */
  readonly withdrawn: Promise<unknown>;
  private readonly backend: InferenceBackend;
  private readonly waiting: ((link: NodeLink) => void)[] = [];
  private readonly answer = Promise.withResolvers<MembershipGrant>();
  private readonly withdraw: (value?: unknown) => void;
  private current: NodeLink | undefined;

  constructor(backend: InferenceBackend, memberships = new Map<string, KnownMembership>()) {
    this.backend = backend;
    this.memberships = memberships;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.withdrawn = promise;
    this.withdraw = resolve;
  }

  async enrol({ invite, publicKey }: Enrolment): Promise<MembershipGrant> {
    const outcome =
      this.invites.get(invite) ?? new TunnelRefusal('invalid-invite', 'No such invite');
    if (outcome instanceof TunnelRefusal) throw outcome;
    this.memberships.set(outcome.membershipId, knownMembership(outcome, publicKey));
    return Promise.resolve(outcome);
  }

  async knock(
    knock: Knock,
    words: readonly string[],
    signal: AbortSignal,
  ): Promise<MembershipGrant> {
    this.knocks.push({ knock, words });
    signal.addEventListener('abort', this.withdraw);
    const grant = await this.answer.promise;
    this.memberships.set(grant.membershipId, knownMembership(grant, knock.publicKey));
    return grant;
  }

  /** The owner's answer to the knock. */
  answerKnock(outcome: MembershipGrant | TunnelRefusal): void {
    if (outcome instanceof TunnelRefusal) this.answer.reject(outcome);
    else this.answer.resolve(outcome);
  }

  greeting(): { readonly poolName: string; readonly ownerName: string } {
    return { poolName: 'Attic', ownerName: 'Mei' };
  }

  membership(id: string): KnownMembership | undefined {
    return this.memberships.get(id);
  }

  epochUsed(id: string, epoch: number): void {
    this.epochs.push(epoch);
    const known = this.memberships.get(id);
    if (known !== undefined) this.memberships.set(id, { ...known, epoch });
  }

  connected(link: NodeLink): void {
    this.current = link;
    for (const resolve of this.waiting.splice(0)) resolve(link);
  }

  call(
    _member: KnownMembership,
    request: InferenceRequest,
    options: InferOptions,
  ): AsyncIterable<InferenceChunk> {
    this.asked.push(request);
    return this.backend.infer(request, options);
  }

  errorReported(_id: string, report: NodeErrorReport): void {
    this.reports.push(report);
  }

  /** The live link, as soon as its machine has told what it offers. */
  async link(): Promise<NodeLink> {
    const link = this.current?.isOnline === true ? this.current : await this.nextLink();
    await seen(link, 'changed', () => link.advert !== undefined);
    return link;
  }

  nextLink(): Promise<NodeLink> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** Resolves once `isSo` after an event of the link. */
export async function seen(
  link: NodeLink,
  event: 'changed' | 'slots' | 'closed',
  isSo: () => boolean,
): Promise<void> {
  while (!isSo()) {
    await new Promise<void>((resolve) => {
      const stop = link.on(event, () => {
        stop();
        resolve();
      });
    });
  }
}

export function testGrant(change: Partial<MembershipGrant> = {}): MembershipGrant {
  return {
    membershipId: '01930000-0000-7000-8000-00000000000a',
    poolId: '01930000-0000-7000-8000-00000000000b',
    poolName: 'Attic',
    gatewayName: 'attic',
    personName: 'Mei',
    role: 'member',
    trust: 'trusted',
    mayServe: true,
    mayAsk: true,
    ...change,
  };
}

export function knownMembership(grant: MembershipGrant, publicKey: Uint8Array): KnownMembership {
  return { ...grant, personId: 'person', publicKey, epoch: 0 };
}
