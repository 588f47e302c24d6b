import type { NodeAdvert } from '../../core/node.ts';
import type { NodeLink } from '../../tunnel/ports.ts';
import { hardwareSentence, modelMemory } from './hardware-sentence.ts';
import { type MachineReport, MachineOffers, type OfferDeps } from './machine-offers.ts';
import type { Holder } from './model-index.ts';
import type { GatewayMachine, PoolDevice, StoredMachine } from './ports.ts';
import { nextStanding, type Standing } from './standing.ts';

/** The gateway's own machine, wherever a machine is named by id. */
export const thisMachineId = 'local';

/** Whose machine it is and how its pool treats it. */
export type MachineIdentity = Pick<
  PoolDevice,
  'poolId' | 'poolName' | 'personId' | 'personName' | 'name' | 'trust'
>;

/** What is known of a machine that is away. */
export type RememberedMachine = Omit<StoredMachine, 'membershipId'>;

/** What a report changed for those who look at the machine. */
export interface MachineChange {
  /** Models, names or who gets work: the index has to be told. */
  readonly isReindexed: boolean;
  /** A candidate has another state or more room. */
  readonly isOfferChanged: boolean;
  readonly before: Standing;
}

/** A device of a pool. It is a machine of the pool once it offered to answer. */
export class Machine {
  readonly id: string;
  readonly isThisMachine: boolean;
  device: MachineIdentity;
  link: NodeLink | undefined;
  standing: Standing;
  /** Never answered for the pool before. */
  isNew: boolean;
  /** The gateway ends its link; it comes back when it connects again. */
  isDrained = false;
  holders: readonly Holder[] = [];
  remembered: RememberedMachine | undefined;
  private own: GatewayMachine | undefined;
  private readonly offers: MachineOffers;
  private indexedAdvert: NodeAdvert | undefined;
  private isStale = true;

  constructor(
    known: {
      readonly id: string;
      readonly device: MachineIdentity;
      readonly remembered?: RememberedMachine;
    },
    offers: OfferDeps,
    now: number,
  ) {
    this.id = known.id;
    this.isThisMachine = known.id === thisMachineId;
    this.device = known.device;
    this.remembered = known.remembered;
    this.isNew = known.remembered === undefined;
    this.offers = new MachineOffers(known.id, offers);
    this.standing = { phase: 'offline', reason: '', since: now };
  }

  get report(): MachineReport | undefined {
    if (this.own) return reportOfGateway(this.own);
    const link = this.link;
    return link?.isOnline === true ? reportOfLink(link) : undefined;
  }

  /** It answers for the pool, or did. */
  get isServing(): boolean {
    return this.report !== undefined || this.remembered !== undefined;
  }

  get isTakingWork(): boolean {
    return this.standing.phase === 'online';
  }

  /** For the gateway's own machine, in place of a link. */
  share(own: GatewayMachine | undefined): void {
    this.own = own;
  }

  /** The index has to hear of it even if the machine itself reports nothing new. */
  touch(): void {
    this.isStale = true;
  }

  /** Takes over what the machine says now. */
  update(now: number): MachineChange {
    const before = this.standing;
    const { report } = this;
    this.standing = nextStanding(before, {
      isConnected: report !== undefined,
      sharing: report?.advert.sharing,
      isLeaving:
        this.isDrained || this.link?.isDraining === true || (this.isThisMachine && !report),
      now,
    });
    if (report) this.remember(report, now);
    const isMoved = before.phase !== this.standing.phase;
    const isReindexed = isMoved || this.isStale || report?.advert !== this.indexedAdvert;
    if (isReindexed) {
      this.index(report);
      return { isReindexed, isOfferChanged: true, before };
    }
    if (!report) return { isReindexed, isOfferChanged: false, before };
    const refreshed = this.offers.refresh(report);
    if (refreshed.isReindexed) this.index(report);
    return { ...refreshed, before };
  }

  private index(report: MachineReport | undefined): void {
    this.isStale = false;
    this.indexedAdvert = report?.advert;
    if (report) {
      const { id: machineId, device, isThisMachine } = this;
      this.holders = this.offers.holders(
        report,
        { machineId, device, isThisMachine },
        this.isTakingWork,
      );
    } else if (this.standing.phase === 'lost') {
      this.holders = this.holders.map((holder) => ({ ...holder, isUsable: false }));
    } else {
      this.holders = [];
    }
  }

  private remember({ advert }: MachineReport, now: number): void {
    if (this.remembered !== undefined && advert === this.indexedAdvert) {
      this.remembered = { ...this.remembered, lastSeenAt: now };
      return;
    }
    const { hardware, versions } = advert;
    const { kind, totalBytes } = modelMemory(hardware);
    this.remembered = {
      hardware: hardwareSentence(hardware),
      memoryKind: kind,
      memoryBytes: totalBytes,
      version: versions.millpond,
      lastSeenAt: now,
    };
  }
}

function reportOfLink(link: NodeLink): MachineReport | undefined {
  if (link.advert === undefined) return undefined;
  return {
    advert: link.advert,
    load: link.load,
    slots: link.slots,
    roundTripMs: link.roundTripMs,
    epoch: String(link.epoch),
    backend: () => (link.isOnline ? link : undefined),
  };
}

function reportOfGateway({ advert, load, slots, backend }: GatewayMachine): MachineReport {
  return {
    ...{ advert, load, slots },
    roundTripMs: 0,
    epoch: thisMachineId,
    backend: () => backend,
  };
}
