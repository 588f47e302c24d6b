import type { InferenceBackend } from '../core/inference.ts';
import type {
  AdvertisedModel,
  NodeAdvert,
  NodeCommand,
  NodeLoad,
  SlotContents,
} from '../core/node.ts';
import type { KnownMembership, NodeLink, PoolNews, RefusalReason } from '../tunnel/ports.ts';
import { everyCapability } from './gateway-fixture.ts';

type LinkEvent = Parameters<NodeLink['on']>[0];

/** A machine's connection that does what the test says. */
export interface ScriptedNodeLink extends NodeLink {
  readonly told: readonly PoolNews[];
  readonly updates: readonly KnownMembership[];
  readonly commands: readonly NodeCommand[];
  readonly drains: readonly string[];
  readonly refusals: readonly { readonly reason: RefusalReason; readonly message: string }[];
  /** The machine reports; what is left out stays as it was. */
  report(change: {
    readonly advert?: NodeAdvert;
    readonly load?: NodeLoad;
    readonly isDraining?: boolean;
    readonly roundTripMs?: number;
  }): void;
  reportSlots(slots: readonly SlotContents[]): void;
  /** The connection breaks. */
  cut(): void;
}

interface LinkScript {
  readonly membershipId: string;
  readonly epoch?: number;
  readonly advert?: NodeAdvert;
  readonly backend?: InferenceBackend;
}

const nobody: InferenceBackend = {
  infer: () => {
    throw new Error('this link was given nothing that answers');
  },
};

export function createScriptedNodeLink(script: LinkScript): ScriptedNodeLink {
  const listeners: Record<LinkEvent, Set<() => void>> = {
    changed: new Set(),
    slots: new Set(),
    closed: new Set(),
  };
  const told: PoolNews[] = [];
  const updates: KnownMembership[] = [];
  const commands: NodeCommand[] = [];
  const drains: string[] = [];
  const refusals: { reason: RefusalReason; message: string }[] = [];
  const state = {
    advert: script.advert,
    load: undefined as NodeLoad | undefined,
    slots: [] as readonly SlotContents[],
    roundTripMs: undefined as number | undefined,
    isOnline: true,
    isDraining: false,
  };
  const tell = (event: LinkEvent): void => {
    for (const listener of listeners[event]) listener();
  };
  const close = (): void => {
    state.isOnline = false;
    tell('closed');
  };
  return {
    membershipId: script.membershipId,
    epoch: script.epoch ?? 1,
    connectedAt: 0,
    clockSkewMs: 0,
    remoteAddress: '192.0.2.7',
    runs: 0,
    ...{ told, updates, commands, drains, refusals },
    get advert() {
      return state.advert;
    },
    get load() {
      return state.load;
    },
    get slots() {
      return state.slots;
    },
    get roundTripMs() {
      return state.roundTripMs;
    },
    get isOnline() {
      return state.isOnline;
    },
    get isDraining() {
      return state.isDraining;
    },
    infer: (request, options) => (script.backend ?? nobody).infer(request, options),
    command(command) {
      commands.push(command);
      return Promise.resolve();
    },
    tell: (news) => void told.push(news),
    update: (membership) => void updates.push(membership),
    drain(reason) {
      drains.push(reason);
      close();
      return Promise.resolve();
    },
    refuse(reason, message) {
      refusals.push({ reason, message });
      close();
    },
    on(event, listener) {
      listeners[event].add(listener);
      return () => void listeners[event].delete(listener);
    },
    report(change) {
      Object.assign(state, change);
      tell('changed');
    },
    reportSlots(slots) {
      state.slots = slots;
      tell('slots');
    },
    cut: close,
  };
}

export function advertisedModel(change: Partial<AdvertisedModel> = {}): AdvertisedModel {
  return {
    id: 'qwen3:q4',
    name: 'Qwen3',
    digest: '1a2b3c4d5e6f7081',
    contextLength: 4096,
    capabilities: everyCapability,
    slots: 2,
    state: { phase: 'ready' },
    ...change,
  };
}

export function nodeAdvert(
  models: readonly AdvertisedModel[],
  change: Partial<NodeAdvert> = {},
): NodeAdvert {
  return {
    name: 'den',
    hardware: {
      platform: 'linux',
      osName: 'Debian 13',
      cpuModel: 'AMD Ryzen 7 5800X 8-Core Processor',
      physicalCores: 8,
      totalMemoryBytes: 32 * 1024 ** 3,
      hasUnifiedMemory: false,
      gpus: [{ name: 'NVIDIA GeForce RTX 4090', memoryBytes: 24_564 * 1024 ** 2 }],
    },
    models,
    versions: { millpond: '1.0.0' },
    sharing: { phase: 'sharing', reason: '', since: 0 },
    allowedCommands: [],
    ...change,
  };
}

export function nodeLoad(
  busySlots: Readonly<Record<string, number>>,
  change: Partial<NodeLoad> = {},
): NodeLoad {
  return {
    models: Object.entries(busySlots).map(([id, busy]) => ({
      ...{ id, busySlots: busy, waiting: 0 },
      state: { phase: 'ready' },
    })),
    isOwnerActive: false,
    ...change,
  };
}
