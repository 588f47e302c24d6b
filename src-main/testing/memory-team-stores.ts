import type { AliasStore, StoredAlias } from '../gateway/aliases/ports.ts';
import type {
  ModelLimitStore,
  QuotaBook,
  QuotaStore,
  RateStore,
  TakenQuota,
} from '../gateway/limits/ports.ts';
import type {
  ProviderStore,
  StoredProvider,
  StoredProviderKey,
} from '../gateway/providers/ports.ts';

/** Providers, aliases and what is used of limits, without a database. */
export interface MemoryTeamStores {
  readonly providers: ProviderStore;
  readonly aliases: AliasStore;
  readonly limits: {
    readonly quotas: QuotaStore;
    readonly rates: RateStore;
    readonly models: ModelLimitStore;
  };
}

export function createMemoryTeamStores(): MemoryTeamStores {
  return {
    providers: createProviders(),
    aliases: createAliases(),
    limits: { quotas: createQuotas(), rates: createRates(), models: createModelLimits() },
  };
}

function createProviders(): ProviderStore {
  const providers = new Map<string, StoredProvider>();
  const keys = new Map<string, StoredProviderKey>();
  return {
    list: () => Promise.resolve([...providers.values()]),
    save: (provider) => done(providers.set(provider.id, provider)),
    remove(id) {
      for (const key of keys.values()) if (key.providerId === id) keys.delete(key.id);
      return done(providers.delete(id));
    },
    keys: () => Promise.resolve([...keys.values()]),
    saveKey: (key) => done(keys.set(key.id, key)),
    removeKey: (id) => done(keys.delete(id)),
  };
}

function createAliases(): AliasStore {
  const aliases = new Map<string, StoredAlias>();
  return {
    list: () => Promise.resolve([...aliases.values()]),
    save: (alias) => done(aliases.set(alias.name, alias)),
    remove: (name) => done(aliases.delete(name)),
  };
}

function createQuotas(): QuotaStore {
  const books = new Map<string, TakenQuota>();
  const told = new Set<string>();
  const keyOf = ({ subject, unit, period }: QuotaBook): string =>
    [subject, unit, period].join('\n');
  const change = (book: QuotaBook, next: (before: number) => number) => {
    const before = books.get(keyOf(book))?.taken ?? 0;
    const taken = next(before);
    books.set(keyOf(book), { ...book, taken });
    return { granted: taken - before, taken };
  };
  return {
    lease: (book, wanted, allowed) =>
      Promise.resolve(
        change(book, (before) => Math.max(before, Math.min(before + Math.ceil(wanted), allowed))),
      ),
    adjust: (book, by) =>
      Promise.resolve(change(book, (before) => Math.max(0, before + Math.ceil(by))).taken),
    takenIn: (periods) =>
      Promise.resolve([...books.values()].filter(({ period }) => periods.includes(period))),
    tell(book) {
      const isFirst = !told.has(keyOf(book));
      told.add(keyOf(book));
      return Promise.resolve(isFirst);
    },
    prune: () => Promise.resolve(),
  };
}

function createRates(): RateStore {
  let written: string | undefined;
  return {
    open() {
      const before = written;
      written = 'running';
      return Promise.resolve(before);
    },
    close(rates) {
      written = rates;
      return Promise.resolve();
    },
  };
}

function createModelLimits(): ModelLimitStore {
  const limits = new Map<string, Parameters<ModelLimitStore['save']>[1]>();
  return {
    list: () => Promise.resolve([...limits].map(([modelId, each]) => ({ modelId, limits: each }))),
    save: (modelId, each) => done(limits.set(modelId, each)),
    remove: (modelId) => done(limits.delete(modelId)),
  };
}

function done(_result: unknown): Promise<void> {
  return Promise.resolve();
}
