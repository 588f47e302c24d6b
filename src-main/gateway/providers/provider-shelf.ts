import type { Provider as ProviderView } from '../../contract/providers.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import type { Logger } from '../../platform/logger.ts';
import type { KeyKeeper } from './key-keeper.ts';
import type { Circuits, ProviderStore, StoredProvider } from './ports.ts';
import { Provider } from './provider.ts';
import { viewOf } from './provider-view.ts';

export interface ShelfDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ProviderStore;
  readonly keeper: KeyKeeper;
}

export interface ProviderEvents {
  readonly changed: (provider: ProviderView) => void;
  readonly removed: (id: string) => void;
}

/** All providers, and who is told when something about them changes. */
export class ProviderShelf {
  circuits: Circuits | undefined;
  private readonly deps: ShelfDeps;
  private providers: readonly Provider[] = [];
  private readonly watchers = new Set<() => void>();
  private readonly listeners: {
    readonly [E in keyof ProviderEvents]: Set<ProviderEvents[E]>;
  } = { changed: new Set(), removed: new Set() };

  constructor(deps: ShelfDeps) {
    this.deps = deps;
  }

  /** In the order in which they were added; those of the file come last. */
  get all(): readonly Provider[] {
    return this.providers;
  }

  set all(providers: readonly Provider[]) {
    this.providers = providers;
    this.tellWatchers();
  }

  make(stored: StoredProvider, source: 'database' | 'file'): Provider {
    const { http, clock, keeper } = this.deps;
    const provider: Provider = new Provider({
      ...{ http, clock, stored, source },
      onChanged: () => {
        this.announce(provider);
      },
      onKey: ({ id, shown, createdAt, state }) => {
        keeper.note({ id, shown, createdAt, state, providerId: stored.id });
      },
      onListed: () => {
        if (source === 'database') this.keep(provider);
      },
    });
    return provider;
  }

  viewOf(provider: Provider): ProviderView {
    return viewOf(provider, this.circuits?.states() ?? []);
  }

  byId(id: string): Provider {
    const provider = this.providers.find(({ stored }) => stored.id === id);
    if (provider !== undefined) return provider;
    throw new MillpondError('not-found', 'This provider is not here any more');
  }

  /** Throws `conflict` for one that stands in the config file. */
  changeable(id: string): Provider {
    const provider = this.byId(id);
    if (provider.source === 'database') return provider;
    throw new MillpondError(
      'conflict',
      `'${provider.stored.name}' stands in the config file; change it there`,
    );
  }

  announce(provider: Provider): void {
    if (!this.providers.includes(provider)) return;
    this.tellWatchers();
    const view = this.viewOf(provider);
    for (const listener of this.listeners.changed) listener(view);
  }

  tellRemoved(id: string): void {
    for (const listener of this.listeners.removed) listener(id);
  }

  /** Called back when somebody may be asked who could not before, or the other way round. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  on<E extends keyof ProviderEvents>(event: E, listener: ProviderEvents[E]): () => void {
    const listeners: Set<ProviderEvents[E]> = this.listeners[event];
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  private tellWatchers(): void {
    for (const watcher of [...this.watchers]) watcher();
  }

  private keep(provider: Provider): void {
    void this.deps.store.save(provider.stored).catch((error: unknown) => {
      this.deps.logger.warn({ provider: provider.stored.id, err: error }, 'model list not kept');
    });
  }
}
