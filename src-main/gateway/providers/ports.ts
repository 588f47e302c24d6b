/** Which models of a provider exist for whom. */
export type ProviderAccess = 'owner' | 'everybody';

/** A model as its provider lists it. */
export interface ListedModel {
  readonly upstreamName: string;
  /** In tokens, where the provider says. */
  readonly contextLength?: number;
  /** What it says that the model takes; absent where it says nothing. */
  readonly features?: readonly ModelFeature[];
}

export type ModelFeature = 'chat' | 'embedding' | 'rerank' | 'tools' | 'reasoning' | 'vision';

export interface StoredProvider {
  readonly id: string;
  readonly name: string;
  /** Of `presets.ts`. */
  readonly preset: string;
  readonly baseUrl: string;
  readonly access: ProviderAccess;
  readonly isEnabled: boolean;
  /** Public names by the provider's own. */
  readonly names: Readonly<Record<string, string>>;
  /** The provider's names of the models that are served; absent: all that it lists. */
  readonly served?: readonly string[];
  /** As it listed them last, so that names are known before it has answered again. */
  readonly listed: readonly ListedModel[];
  readonly createdAt: number;
}

/** Times are epoch milliseconds. A state whose time has come is `ready`. */
export type KeyState =
  | { readonly phase: 'ready' }
  | {
      readonly phase: 'cooling' | 'exhausted' | 'refused';
      readonly since: number;
      readonly until: number;
      /** One sentence, without any secret. */
      readonly reason: string;
    };

/** One key of a provider. The key itself is a secret and lies elsewhere, under this id. */
export interface StoredProviderKey {
  readonly id: string;
  readonly providerId: string;
  /** First and last characters. */
  readonly shown: string;
  readonly createdAt: number;
  readonly state: KeyState;
}

/** Providers at rest. The gateway keeps its own snapshot; nothing here is on the hot path. */
export interface ProviderStore {
  /** Oldest first. */
  list(): Promise<readonly StoredProvider[]>;
  /** Makes the provider or replaces all but id and time. */
  save(provider: StoredProvider): Promise<void>;
  /** Together with what is kept of its keys. */
  remove(id: string): Promise<void>;
  /** Oldest first. */
  keys(): Promise<readonly StoredProviderKey[]>;
  /** Makes the key or replaces its state. */
  saveKey(key: StoredProviderKey): Promise<void>;
  removeKey(id: string): Promise<void>;
}

/** Where secrets lie encrypted. */
export interface Secrets {
  read(name: string): Promise<string | undefined>;
  write(name: string, value: string | undefined): Promise<void>;
}

/** One circuit of the router, as far as providers look at it. */
export interface Circuit {
  readonly upstreamId: string;
  readonly model: string;
  /** `open`: nothing is sent until `retryAt` (epoch milliseconds) · `half-open`: one probe is under way. */
  readonly phase: 'open' | 'half-open';
  /** Epoch milliseconds. */
  readonly since: number;
  readonly retryAt?: number;
  /** Why it opened, as a clause. */
  readonly reason: string;
}

/** The router's circuits, which only the router opens. */
export interface Circuits {
  states(): readonly Circuit[];
  /** Closes what is open for this upstream, and forgets what was counted. */
  reset(upstreamId: string): void;
  /** Calls back when one of its circuits opens, is probed or closes. */
  onChanged(listener: (upstreamId: string) => void): () => void;
}
