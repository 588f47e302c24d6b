import type { InferenceBackend } from '../../core/inference.ts';
import type {
  AdvertisedModel,
  AdvertisedState,
  NodeAdvert,
  NodeLoad,
  SlotContents,
} from '../../core/node.ts';
import type { UpstreamOffer } from '../ports.ts';
import type { Holder } from './model-index.ts';
import { NodeUpstream, type NodePlace } from './node-upstream.ts';
import { offerPenalties } from './offer-penalties.ts';
import type { NodeRates, PoolDevice } from './ports.ts';
import type { Runs } from './runs.ts';

/** What a machine says about itself now, over a link or from this very process. */
export interface MachineReport {
  readonly advert: NodeAdvert;
  readonly load: NodeLoad | undefined;
  readonly slots: readonly SlotContents[];
  readonly roundTripMs: number | undefined;
  /** Names the connection: earlier failures say nothing about a new one. */
  readonly epoch: string;
  readonly backend: () => InferenceBackend | undefined;
}

/** Whose offers these are. */
export interface OfferOwner {
  readonly machineId: string;
  readonly device: Pick<PoolDevice, 'poolId' | 'poolName' | 'personId' | 'trust' | 'name'>;
  readonly isThisMachine: boolean;
}

export interface OfferDeps {
  readonly rates: NodeRates;
  readonly runs: Runs;
  /** Whether canaries caught this digest lying there. */
  readonly isQuarantined: (machineId: string, model: AdvertisedModel) => boolean;
}

/** The models that one machine offers, as candidates of the router. */
export class MachineOffers {
  private readonly machineId: string;
  private readonly deps: OfferDeps;
  private upstreams = new Map<string, NodeUpstream>();
  private place = '';
  private slots: readonly SlotContents[] = [];
  private slotsPerModel = new Map<string, readonly SlotContents[]>();

  constructor(machineId: string, deps: OfferDeps) {
    this.machineId = machineId;
    this.deps = deps;
  }

  /** Everything anew, for the index. `isTaking`: the machine takes new work at all. */
  holders(report: MachineReport, owner: OfferOwner, isTaking: boolean): readonly Holder[] {
    const { device, isThisMachine } = owner;
    const place = JSON.stringify([report.epoch, device.name, device.trust, device.poolName]);
    const known = place === this.place ? this.upstreams : new Map<string, NodeUpstream>();
    this.place = place;
    this.upstreams = new Map();
    return report.advert.models.map((model) => {
      const offer = this.offer(report, model);
      const before = known.get(model.id);
      const upstream =
        before?.offer.digest === model.digest && before !== undefined
          ? before
          : new NodeUpstream(placeOf(report, owner, model), offer, this.deps.runs);
      upstream.offer = offer;
      this.upstreams.set(model.id, upstream);
      return {
        machineId: this.machineId,
        machineName: device.name,
        model,
        upstream,
        isThisMachine,
        isUsable: isTaking && !isDraining(offer) && !this.deps.isQuarantined(this.machineId, model),
      };
    });
  }

  /** The figures that change from second to second. */
  refresh(report: MachineReport): {
    /** The holders have to be made anew. */
    readonly isReindexed: boolean;
    /** Something that a waiting request looks at. */
    readonly isOfferChanged: boolean;
  } {
    let isReindexed = report.advert.models.length !== this.upstreams.size;
    let isOfferChanged = false;
    for (const model of report.advert.models) {
      const upstream = this.upstreams.get(model.id);
      if (!upstream) return { isReindexed: true, isOfferChanged: true };
      const before = upstream.offer;
      const offer = this.offer(report, model);
      upstream.offer = offer;
      if (isDraining(offer) !== isDraining(before)) isReindexed = true;
      if (hasMoved(offer, before)) isOfferChanged = true;
    }
    return { isReindexed, isOfferChanged: isOfferChanged || isReindexed };
  }

  private offer(report: MachineReport, model: AdvertisedModel): UpstreamOffer {
    const { rates } = this.deps;
    const load = report.load?.models.find(({ id }) => id === model.id);
    const measured = rates.of(this.machineId, modelKey(model)) ?? model.rates;
    return {
      contextLength: model.contextLength,
      capabilities: model.capabilities,
      state: stateOf(report, model),
      slots: model.slots,
      busySlots: load?.busySlots ?? 0,
      waiting: load?.waiting ?? 0,
      slotContents: this.slotsOf(report.slots, model.id),
      penalties: offerPenalties(report.load),
      ...(model.digest !== undefined && { digest: model.digest }),
      ...(measured && { rates: measured }),
      ...(model.loadMs !== undefined && { loadMs: model.loadMs }),
      ...(report.roundTripMs !== undefined && { roundTripMs: report.roundTripMs }),
    };
  }

  /** The same array until the machine reports its slots again: an index over marks can tell. */
  private slotsOf(slots: readonly SlotContents[], modelId: string): readonly SlotContents[] {
    if (slots !== this.slots) {
      this.slots = slots;
      this.slotsPerModel = new Map(Map.groupBy(slots, (slot) => slot.modelId));
    }
    return this.slotsPerModel.get(modelId) ?? noSlots;
  }
}

/** What rates are kept under. */
export function modelKey({ id, digest }: AdvertisedModel): string {
  return digest ?? id;
}

function isDraining({ state }: UpstreamOffer): boolean {
  return state.phase === 'draining';
}

function hasMoved(offer: UpstreamOffer, before: UpstreamOffer): boolean {
  const isProgress =
    offer.state.phase === 'loading' &&
    before.state.phase === 'loading' &&
    offer.state.share !== before.state.share;
  return (
    isProgress ||
    offer.state.phase !== before.state.phase ||
    offer.busySlots !== before.busySlots ||
    offer.waiting !== before.waiting
  );
}

const noSlots: readonly SlotContents[] = [];

/** The load is newer than the advert, which alone says what is offered at all. */
export function stateOf(report: MachineReport, { id, state }: AdvertisedModel): AdvertisedState {
  return report.load?.models.find((model) => model.id === id)?.state ?? state;
}

function placeOf(
  { epoch, backend }: MachineReport,
  { device, isThisMachine, machineId }: OfferOwner,
  model: AdvertisedModel,
): NodePlace {
  const { poolId, poolName, personId, trust, name } = device;
  return {
    ...{ machineId, poolId, poolName, trust, epoch, isThisMachine, model, backend },
    machine: name,
    ownerId: personId,
  };
}
