import type { Provider as ProviderView } from '../../contract/providers.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import { newId } from '../../core/identity.ts';
import type { Logger } from '../../platform/logger.ts';
import type { UpstreamDirectory } from '../ports.ts';
import { applyFileProviders } from './file-providers.ts';
import type { FileProvider } from './file-providers.ts';
import { firstLook } from './first-look.ts';
import { KeyKeeper } from './key-keeper.ts';
import type { RingKey } from './key-ring.ts';
import type {
  Circuits,
  KeyState,
  ProviderStore,
  Secrets,
  StoredProvider,
  StoredProviderKey,
} from './ports.ts';
import { presets } from './presets.ts';
import type { Preset } from './presets.ts';
import type { Provider } from './provider.ts';
import { createProviderDirectory } from './provider-directory.ts';
import {
  addressFor,
  cleanKey,
  cleanName,
  defaultName,
  knownPreset,
  mergeNames,
  shownPart,
} from './provider-settings.ts';
import type { NewProvider, ProviderChange } from './provider-settings.ts';
import { ProviderShelf } from './provider-shelf.ts';
import type { ProviderEvents } from './provider-shelf.ts';

export interface ProvidersDeps {
  /** Its requests are listed as `provider`. */
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ProviderStore;
  readonly secrets: Secrets;
  /** Whether Millpond itself answers at an address: asking itself would never end. */
  readonly isOwnAddress: (url: string) => boolean;
}

interface Asking {
  readonly signal: AbortSignal;
}

/** Of a key that cannot be read: no time heals it. */
const never = Number.MAX_SAFE_INTEGER;

/** Loads what is kept and begins to watch; resolves before any provider has answered. */
export async function createProviders(deps: ProvidersDeps): Promise<Providers> {
  const providers = new Providers(deps);
  await providers.load();
  return providers;
}

/** Cloud providers and other servers with keys: what the gateway forwards to besides machines. */
export class Providers {
  /** Their models, for whoever may reach them. */
  readonly directory: UpstreamDirectory;
  private readonly deps: ProvidersDeps;
  private readonly keeper: KeyKeeper;
  private readonly shelf: ProviderShelf;
  private keptStates: ReadonlyMap<string, KeyState> = new Map();

  constructor(deps: ProvidersDeps) {
    this.deps = deps;
    this.keeper = new KeyKeeper({ ...deps, log: deps.logger });
    this.shelf = new ProviderShelf({ ...deps, keeper: this.keeper });
    this.directory = createProviderDirectory({
      providers: () => this.shelf.all,
      onChanged: (listener) => this.shelf.watch(listener),
    });
  }

  async load(): Promise<void> {
    const [stored, keys] = await Promise.all([this.deps.store.list(), this.deps.store.keys()]);
    this.keptStates = new Map(keys.map((key) => [key.id, key.state]));
    const loaded: Provider[] = [];
    for (const each of stored) {
      const provider = this.shelf.make(each, 'database');
      const own = keys.filter(({ providerId }) => providerId === each.id);
      for (const key of own) provider.keys.add(await this.withSecret(key));
      loaded.push(provider);
    }
    this.shelf.all = loaded;
    for (const provider of loaded) provider.watch();
  }

  /** Stops asking, and keeps what is not kept yet. Answers under way are not touched. */
  async dispose(): Promise<void> {
    for (const provider of this.shelf.all) provider.stop();
    await this.keeper.settled();
  }

  /** Shows what the router holds against providers, and lets people reset it. */
  connectCircuits(circuits: Circuits): void {
    this.shelf.circuits = circuits;
    circuits.onChanged((upstreamId) => {
      for (const provider of this.shelf.all) {
        if (provider.upstreamId === upstreamId) this.shelf.announce(provider);
      }
    });
  }

  presets(): readonly Preset[] {
    return presets;
  }

  list(): readonly ProviderView[] {
    return this.shelf.all.map((provider) => this.shelf.viewOf(provider));
  }

  /** Asks it for its models with the first key. Rejects saying what is wrong; nothing is kept then. */
  async add(wish: NewProvider, { signal }: Asking): Promise<ProviderView> {
    const preset = knownPreset(wish.preset);
    const baseUrl = this.addressOf(preset, wish.baseUrl);
    const secrets = [...new Set(wish.keys.map(cleanKey))];
    if (preset.needsKey && secrets.length === 0) {
      throw new MillpondError('invalid-request', `${preset.name} needs an API key; add one`, {
        param: 'keys',
      });
    }
    const names = mergeNames({}, wish.names);
    const name = this.nameFor(wish.name, preset, baseUrl);
    const { http, clock } = this.deps;
    const asked = { preset, baseUrl, name, secret: secrets[0], served: wish.served };
    const { listed, latencyMs } = await firstLook({ http, clock, ...asked }, signal);
    const stored: StoredProvider = {
      id: newId(),
      // Somebody else may have taken the name while it was asked.
      name: this.nameFor(wish.name, preset, baseUrl),
      ...{ preset: preset.id, baseUrl, listed, names },
      access: wish.access ?? 'owner',
      isEnabled: wish.isEnabled ?? true,
      ...(wish.served && { served: wish.served }),
      createdAt: this.deps.clock.now(),
    };
    const provider = this.shelf.make(stored, 'database');
    await this.deps.store.save(stored);
    for (const secret of secrets) await this.keep(provider, secret);
    provider.adopt(listed, latencyMs);
    provider.watch();
    this.shelf.all = [...this.shelf.all, provider];
    return this.told(provider);
  }

  /** Keys stay with the host that they were given for: another address needs its own. */
  async update(id: string, change: ProviderChange): Promise<ProviderView> {
    const provider = this.shelf.changeable(id);
    const { stored } = provider;
    const next: StoredProvider = {
      ...stored,
      ...(change.name !== undefined && { name: cleanName(change.name, this.othersOf(provider)) }),
      ...(change.baseUrl !== undefined && {
        baseUrl: this.addressOf(provider.preset, change.baseUrl),
      }),
      ...(change.access && { access: change.access }),
      ...(change.isEnabled !== undefined && { isEnabled: change.isEnabled }),
      names: mergeNames(stored.names, change.names),
      ...(change.served && { served: change.served }),
    };
    const isMoved = next.baseUrl !== stored.baseUrl;
    const isElsewhere = new URL(next.baseUrl).origin !== new URL(stored.baseUrl).origin;
    if (isElsewhere) await this.forgetKeys(provider);
    await this.deps.store.save(next);
    provider.stored = next;
    if (isMoved) void provider.check();
    return this.told(provider);
  }

  async remove(id: string): Promise<void> {
    const provider = this.shelf.changeable(id);
    await this.forgetKeys(provider);
    await this.deps.store.remove(id);
    provider.stop();
    this.shelf.all = this.shelf.all.filter((each) => each !== provider);
    this.shelf.tellRemoved(id);
  }

  async addKey(id: string, typed: string): Promise<ProviderView> {
    const provider = this.shelf.changeable(id);
    const secret = cleanKey(typed);
    if (provider.keys.list().some((key) => key.secret === secret)) {
      throw new MillpondError('conflict', 'This key is here already', { param: 'key' });
    }
    await this.keep(provider, secret);
    void provider.check();
    return this.told(provider);
  }

  /** Rejects with `not-found` for a key of another provider. */
  async removeKey(id: string, keyId: string): Promise<ProviderView> {
    const provider = this.shelf.changeable(id);
    if (provider.keys.list().every((key) => key.id !== keyId)) {
      throw new MillpondError('not-found', 'This key is not here any more');
    }
    provider.keys.remove(keyId);
    await this.keeper.remove(keyId);
    return this.told(provider);
  }

  /** Asks for its models now. What comes out is in the view. */
  async check(id: string): Promise<ProviderView> {
    const provider = this.shelf.byId(id);
    await provider.check();
    return this.shelf.viewOf(provider);
  }

  /** Closes its circuits and wakes its keys: the next request may use them. */
  reset(id: string): ProviderView {
    const provider = this.shelf.byId(id);
    this.shelf.circuits?.reset(provider.upstreamId);
    provider.reset();
    return this.shelf.viewOf(provider);
  }

  /** Asks all of them now: after *Local only* was turned off, or the computer woke up. */
  async recheck(): Promise<void> {
    await Promise.all(this.shelf.all.map((provider) => provider.check()));
  }

  /**
   * Puts the providers of the config file in place of those that it named before. Throws for the first
   * one that cannot be: nothing has changed then.
   */
  applyFile(files: readonly FileProvider[]): void {
    const { clock, isOwnAddress } = this.deps;
    const keptState = (keyId: string): KeyState | undefined => this.keptStates.get(keyId);
    applyFileProviders(files, { shelf: this.shelf, now: clock.now(), isOwnAddress, keptState });
  }

  on<E extends keyof ProviderEvents>(event: E, listener: ProviderEvents[E]): () => void {
    return this.shelf.on(event, listener);
  }

  private told(provider: Provider): ProviderView {
    this.shelf.announce(provider);
    return this.shelf.viewOf(provider);
  }

  private async keep(provider: Provider, secret: string): Promise<void> {
    const createdAt = this.deps.clock.now();
    const state: KeyState = { phase: 'ready' };
    const key: RingKey = { id: newId(), shown: shownPart(secret), secret, createdAt, state };
    const { id, shown } = key;
    const providerId = provider.stored.id;
    await this.keeper.add({ id, providerId, shown, createdAt, state }, secret);
    provider.keys.add(key);
  }

  private async withSecret({ id, shown, createdAt, state }: StoredProviderKey): Promise<RingKey> {
    const lost = (reason: string): RingKey => {
      const refused: KeyState = { phase: 'refused', since: createdAt, until: never, reason };
      return { id, shown, createdAt, secret: '', state: refused };
    };
    try {
      const secret = await this.keeper.read(id);
      if (secret === undefined) return lost('It is not among the secrets any more; enter it again');
      return { id, shown, createdAt, secret, state };
    } catch (error) {
      return lost(MillpondError.from(error).message);
    }
  }

  private async forgetKeys(provider: Provider): Promise<void> {
    for (const { id } of provider.keys.list()) {
      provider.keys.remove(id);
      await this.keeper.remove(id);
    }
  }

  private othersOf(provider: Provider): readonly StoredProvider[] {
    return this.shelf.all.filter((each) => each !== provider).map(({ stored }) => stored);
  }

  private nameFor(typed: string | undefined, preset: Preset, baseUrl: string): string {
    const others = this.shelf.all.map(({ stored }) => stored);
    return typed === undefined ? defaultName(preset, baseUrl, others) : cleanName(typed, others);
  }

  private addressOf(preset: Preset, typed: string | undefined): string {
    const url = addressFor(preset, typed);
    if (!this.deps.isOwnAddress(url)) return url;
    throw new MillpondError(
      'invalid-request',
      `${url} is Millpond itself; its models are here already`,
      { param: 'baseUrl' },
    );
  }
}
