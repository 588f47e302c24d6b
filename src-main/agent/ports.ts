import type { InferenceBackend } from '../core/inference.ts';
import type {
  AdvertisedModel,
  HardwareSummary,
  NodeCommand,
  NodeCommandKind,
  NodeLoad,
  SlotContents,
} from '../core/node.ts';
import type {
  GatewayAddress,
  MembershipGrant,
  NearbyOffer,
  NodeErrorReport,
  NodeHost,
  PoolNews,
  StoredMembership,
  TunnelState,
} from '../tunnel/ports.ts';

// What the owner wishes ----------------------------------------------------------------------------

export type SharingWish = 'share' | 'finish' | 'pause';

/** When this machine works for others. Each rule is off unless its owner switched it on. */
export interface SharingRules {
  readonly gpuFree: { readonly isOn: boolean; readonly abovePercent: number };
  readonly notFullScreen: { readonly isOn: boolean };
  readonly notWhileRunning: { readonly isOn: boolean; readonly programs: readonly string[] };
  readonly away: { readonly isOn: boolean; readonly minutes: number };
  readonly mains: { readonly isOn: boolean };
  readonly cool: {
    readonly isOn: boolean;
    readonly celsius: number;
    readonly againCelsius: number;
  };
  readonly hours: { readonly isOn: boolean; readonly from: number; readonly to: number };
  readonly gpuHeadroom: { readonly isOn: boolean; readonly bytes: number };
}

export type RuleName = keyof SharingRules;

/** What the owner gives at most, whatever a gateway asks. Zeros: no limit of its own. */
export interface SharingLimits {
  readonly answersAtOnce: number;
  /** Ids of models that pools may use; null: all usable ones. */
  readonly models: readonly string[] | null;
  readonly maxPromptTokens: number;
  readonly gpuBytes: number;
  readonly uploadBytesPerSecond: number;
  readonly allowedCommands: readonly NodeCommandKind[];
  readonly reportErrors: boolean;
  readonly keepAwake: boolean;
}

/** The owner's choices, as the settings file keeps them. */
export interface SharingSettings {
  readonly wish: SharingWish;
  /** Epoch milliseconds at which a manual pause ends by itself. */
  readonly wishUntil?: number | undefined;
  readonly rules: SharingRules;
  readonly limits: SharingLimits;
}

export interface SharingSettingsPort {
  /** In force now. A plain read. */
  current(): SharingSettings;
  /** Rejects with why the file cannot be written; then nothing has changed. */
  save(settings: SharingSettings): Promise<void>;
  onChanged(listener: () => void): () => void;
}

// What the machine tells ---------------------------------------------------------------------------

/** A fact, or why this system does not tell it, in one clause. */
export type Told<T> =
  | { readonly isKnown: true; readonly value: T }
  | { readonly isKnown: false; readonly problem: string };

/** What the owner's computer is doing. A reading that nobody asked for yet is absent. */
export interface OwnerReadings {
  /** Milliseconds since keyboard or mouse were touched. */
  readonly idle?: Told<number>;
  readonly fullScreen?: Told<{ readonly isOn: boolean; readonly program?: string }>;
  /** Executables that run, without folders and extension, in lower case. */
  readonly programs?: Told<ReadonlySet<string>>;
  /** What other programs take of the busiest card. */
  readonly gpuUse?: Told<{
    readonly percent: number;
    readonly gpu: number;
    readonly program?: string;
  }>;
  /** Bytes free on the card with the least of them. */
  readonly gpuFree?: Told<number>;
  /** Of the hottest card. */
  readonly celsius?: Told<number>;
  readonly mains?: Told<boolean>;
}

export type SignalName = keyof OwnerReadings;

/** Reads what rules need, each from one long-lived source. */
export interface OwnerSignals {
  /** Only these are read from now on; the sources of all others end. */
  observe(wanted: ReadonlySet<SignalName>): void;
  readings(): OwnerReadings;
  onChanged(listener: () => void): () => void;
}

/** Keeps the computer from falling asleep. */
export interface KeepAwake {
  set(isOn: boolean): void;
}

// What answers -------------------------------------------------------------------------------------

/** A model of this machine as it could be offered, with what it needs. */
export interface ShareableModel extends AdvertisedModel {
  readonly busySlots: number;
  readonly waiting: number;
}

export interface EngineSlot extends SlotContents {
  /** Whose request it holds; absent while empty. */
  readonly tenant?: string;
}

/** The engines of this machine, for others. Requests with `isVisitor` stand behind the owner's. */
export interface SharedEngines extends InferenceBackend {
  /** Usable models that chat, complete or embed. Cheap: read on every request. */
  models(): readonly ShareableModel[];
  slots(): readonly EngineSlot[];
  /** Exact tokens of a text; undefined while the model is not loaded. */
  countTokens(model: string, text: string, signal: AbortSignal): Promise<number | undefined>;
  /** The owner has a request running or waiting. */
  isOwnerActive(): boolean;
  /** Unloads what only others used. Resolves when its memory is free. */
  releaseRemote(): Promise<void>;
  command(command: NodeCommand, signal: AbortSignal): Promise<void>;
  /** Calls back when models, their state or what runs changed. */
  onChanged(listener: () => void): () => void;
  onSlots(listener: () => void): () => void;
}

/** What this machine is, for its advert. */
export interface MachineFacts {
  /** As its owner calls it. */
  name(): string;
  hardware(): HardwareSummary;
  versions(): { readonly millpond: string; readonly engine?: string };
  load(): Pick<NodeLoad, 'usedMemoryBytes' | 'usedGpuBytes' | 'temperature'>;
  onChanged(listener: () => void): () => void;
}

export interface AgentLog {
  info(data: object, sentence: string): void;
  warn(data: object, sentence: string): void;
}

// What is kept -------------------------------------------------------------------------------------

/** One local day of giving and taking. */
export interface ContributionDay {
  /** Such as `2026-11-21`. */
  readonly day: string;
  readonly givenTokens: number;
  readonly givenAnswers: number;
  readonly usedTokens: number;
}

export interface ContributionStore {
  /** Adds to the line of its day. */
  add(line: ContributionDay): Promise<void>;
  /** The newest days, oldest first. */
  days(limit: number): Promise<readonly ContributionDay[]>;
  total(): Promise<Omit<ContributionDay, 'day'>>;
}

/** A pool that this app has joined, as it is kept. */
export interface JoinedPool extends StoredMembership {
  /** This machine's models are offered there. */
  readonly isSharing: boolean;
  /** The machines of the pools held here are offered there too: this gateway is one node of that pool. */
  readonly offersPools: boolean;
}

export interface MembershipStore {
  /** Oldest first. */
  list(): Promise<readonly JoinedPool[]>;
  /** Makes it or replaces the one of the same id. */
  save(pool: JoinedPool): Promise<void>;
  /** Safely kept before it resolves: the epoch is used only then. */
  saveEpoch(membershipId: string, epoch: number): Promise<void>;
  remove(membershipId: string): Promise<void>;
}

/** Values that are never shown again. */
export interface AgentSecrets {
  read(name: string): Promise<string | undefined>;
  /** `undefined` removes it. */
  write(name: string, value: string | undefined): Promise<void>;
}

/** One pool that this machine may work for, as its host is made. */
export interface PoolToServe {
  readonly poolId: string;
  /** The membership may serve, and its owner offers this machine there. A plain read. */
  readonly isOffered: () => boolean;
  /** The machines of the pools held here are offered there too. A plain read. */
  readonly offersPools: () => boolean;
  readonly onOfferedChanged: (listener: () => void) => () => void;
  /** An answer failed, and the owner wants the pool to hear of faults. */
  readonly onFault: (error: unknown) => void;
}

// What joins ---------------------------------------------------------------------------------------

/** An invite as its link says it. Nothing has been sent to anybody. */
export interface Invite {
  readonly secret: string;
  readonly poolName: string;
  readonly gatewayName: string;
  readonly ownerName: string;
  readonly gateway: GatewayAddress;
  readonly rights: 'serve-and-ask' | 'ask' | 'serve';
  readonly role: MembershipGrant['role'];
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
}

export interface Identity {
  /** Ed25519, raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** As the secret store keeps it. */
  readonly privateKey: string;
}

export interface DeviceNames {
  readonly personName: string;
  readonly deviceName: string;
}

/** What an answered knock or a used invite gives. */
export interface Joined {
  readonly grant: MembershipGrant;
  /** As it was recognised; the candidate that answered comes first. */
  readonly gateway: GatewayAddress;
}

/** A live or reconnecting tunnel to one pool. */
export interface PoolConnection {
  readonly backend: InferenceBackend;
  start(): void;
  stop(): Promise<void>;
  reconnectNow(): void;
  /** Takes nothing new, ends what runs, closes. */
  drain(reason: string): Promise<void>;
  state(): TunnelState;
  news(): PoolNews | undefined;
  /** As the gateway said it last. */
  membership(): StoredMembership;
  /** Tells the pool's owner of a fault; nothing while not connected. */
  reportError(report: NodeErrorReport): void;
  onState(listener: () => void): () => void;
  onNews(listener: () => void): () => void;
}

/** The tunnel, as memberships use it. */
export interface Tunnel {
  /** Throws `invalid-request` with one sentence for anything that is no invite. */
  readInvite(link: string): Invite;
  /** Words of the pinned key, to compare by eye; undefined for a verified host name. */
  fingerprintWords(gateway: GatewayAddress): readonly string[] | undefined;
  createIdentity(): Promise<Identity>;
  /** Rejects with the refusal's sentence or `unavailable` when nobody answers. */
  enrol(
    invite: Invite,
    identity: Identity,
    names: DeviceNames,
    signal: AbortSignal,
  ): Promise<Joined>;
  /** Asks to be let in; `onWords` tells what both screens show. Rejects when declined. */
  knock(
    gateway: GatewayAddress,
    identity: Identity,
    names: DeviceNames,
    options: {
      readonly signal: AbortSignal;
      readonly onWords: (words: readonly string[]) => void;
    },
  ): Promise<Joined>;
  connect(options: {
    readonly membership: StoredMembership;
    readonly privateKey: string;
    readonly host: NodeHost;
    readonly persistEpoch: (epoch: number) => Promise<void>;
  }): PoolConnection;
}

export interface NearbyPools {
  list(): readonly NearbyOffer[];
  onChanged(listener: () => void): () => void;
}
