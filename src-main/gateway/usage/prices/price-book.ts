import type { ModelPrice, PriceTier } from '../../../contract/usage.ts';
import type {
  Cost,
  PriceStore,
  PricedAnswer,
  PricedCandidate,
  PricedProviders,
  Prices,
  StoredPrice,
} from '../ports.ts';
import { costOf } from './cost.ts';
import { priceNames } from './model-names.ts';

/** Every price in force: those that people set, then those of the config file, then the bundled ones. */
export interface PriceBook extends Prices {
  /** What the owner of a machine earns for an answer of theirs; 0 where no price says so. */
  creditMicros(answer: PricedAnswer): number;
  /** Sorted by provider and model; bundled prices that were replaced are left out. */
  list(): ModelPrice[];
  /** Cloud models that are served and have none. */
  missing(): { model: string; provider: string }[];
  /** Holds from the next request on. Rejects when it could not be stored, and changes nothing then. */
  set(price: StoredPrice): Promise<ModelPrice>;
  /** Goes back to the bundled price, where there is one. */
  remove(model: string, provider?: string): Promise<void>;
  /** Replaces what the config file says. */
  useFile(prices: readonly StoredPrice[]): void;
}

interface PriceBookDeps {
  readonly store: PriceStore;
  /** Absent: no providers are known, such as in a gateway that has none yet. */
  readonly providers: PricedProviders;
  readonly bundled: readonly ModelPrice[];
}

/** Reads what was set; later reads are of memory. */
export async function createPriceBook(deps: PriceBookDeps): Promise<PriceBook> {
  const book = new MemoryPriceBook(deps);
  await book.load();
  return book;
}

type Shelf = ReadonlyMap<string, ModelPrice>;
type Described = ReturnType<PricedProviders['describe']>;

/** Holds as long as the provider describes the model in the same way. */
interface Found {
  readonly known: Described;
  readonly price: ModelPrice | undefined;
}

/** Names may come from callers. */
const mostFound = 2000;

class MemoryPriceBook implements PriceBook {
  private readonly deps: PriceBookDeps;
  private readonly bundled: Shelf;
  private file: Shelf = new Map();
  private manual: Shelf = new Map();
  /** What was found lately, by provider and model: it is asked for several times a request. */
  private readonly found = new Map<string, Map<string, Found>>();
  private foundCount = 0;

  constructor(deps: PriceBookDeps) {
    this.deps = deps;
    this.bundled = shelve(deps.bundled);
  }

  async load(): Promise<void> {
    const stored = await this.deps.store.list();
    this.manual = shelve(stored.map((price) => ({ ...price, source: 'manual' })));
    this.forgetFound();
  }

  costMicros({ model, provider, usage }: PricedAnswer): Cost {
    const price = this.find(model, provider);
    if (price === undefined) {
      return provider === undefined ? { isPriced: true, micros: 0 } : { isPriced: false };
    }
    const { micros, isClamped } = costOf(price.tiers, usage);
    return { isPriced: true, micros, ...(isClamped && { note: 'cached-exceeds-prompt' }) };
  }

  estimateMicros(
    candidates: readonly PricedCandidate[],
    promptTokens: number,
    maxTokens: number,
  ): number {
    const usage = {
      promptTokens,
      cachedTokens: 0,
      completionTokens: maxTokens,
      reasoningTokens: 0,
    };
    let dearest = 0;
    for (const { model, provider } of candidates) {
      const tiers = this.find(model, provider)?.tiers.map(dearestInput) ?? [];
      dearest = Math.max(dearest, costOf(tiers, usage).micros);
    }
    return dearest;
  }

  creditMicros({ model, provider, usage }: PricedAnswer): number {
    const tiers = this.find(model, provider)?.contributorTiers ?? [];
    return costOf(tiers, usage).micros;
  }

  list(): ModelPrice[] {
    const shown = new Map([...this.bundled, ...this.file, ...this.manual]);
    return [...shown.values()].sort(
      (a, b) =>
        (a.provider ?? '').localeCompare(b.provider ?? '') || a.model.localeCompare(b.model),
    );
  }

  missing(): { model: string; provider: string }[] {
    return this.deps.providers
      .served()
      .filter(({ model, provider }) => this.find(model, provider) === undefined)
      .map(({ model, provider }) => ({ model, provider }));
  }

  async set(price: StoredPrice): Promise<ModelPrice> {
    await this.deps.store.save(price);
    const manual: ModelPrice = { ...price, source: 'manual' };
    this.manual = new Map(this.manual).set(keyOf(price.model, price.provider), manual);
    this.forgetFound();
    return manual;
  }

  async remove(model: string, provider?: string): Promise<void> {
    await this.deps.store.remove(model, provider);
    const left = new Map(this.manual);
    left.delete(keyOf(model, provider));
    this.manual = left;
    this.forgetFound();
  }

  useFile(prices: readonly StoredPrice[]): void {
    this.file = shelve(prices.map((price) => ({ ...price, source: 'file' })));
    this.forgetFound();
  }

  private find(model: string, provider = ''): ModelPrice | undefined {
    const known = provider === '' ? undefined : this.deps.providers.describe(provider, model);
    const earlier = this.found.get(provider)?.get(model);
    if (earlier !== undefined && earlier.known === known) return earlier.price;
    const price = this.search(model, provider === '' ? undefined : provider, known);
    if (this.foundCount >= mostFound) this.forgetFound();
    const models = this.found.get(provider) ?? new Map<string, Found>();
    this.found.set(provider, models.set(model, { known, price }));
    this.foundCount += 1;
    return price;
  }

  private forgetFound(): void {
    this.found.clear();
    this.foundCount = 0;
  }

  /**
   * What people set goes before the file's, and that before what is bundled; within each, a price of the
   * one provider goes before one for whoever answers, and the exact name before the name without its date.
   */
  private search(
    model: string,
    provider: string | undefined,
    known: Described,
  ): ModelPrice | undefined {
    const names = [...new Set([model, known?.upstreamName ?? model].flatMap(priceNames))];
    const owners = [provider, known?.preset].filter((owner) => owner !== undefined);
    return (
      first(this.manual, names, [...owners, undefined]) ??
      first(this.file, names, [...owners, undefined]) ??
      // What a provider asks says nothing about anybody else.
      first(this.bundled, names, owners)
    );
  }
}

function first(
  shelf: Shelf,
  names: readonly string[],
  owners: readonly (string | undefined)[],
): ModelPrice | undefined {
  if (shelf.size === 0) return undefined;
  for (const owner of owners) {
    for (const name of names) {
      const price = shelf.get(keyOf(name, owner));
      if (price !== undefined) return price;
    }
  }
  return undefined;
}

function shelve(prices: readonly ModelPrice[]): Shelf {
  return new Map(prices.map((price) => [keyOf(price.model, price.provider), price]));
}

function keyOf(model: string, provider: string | undefined): string {
  return `${(provider ?? '').toLowerCase()}\n${model.toLowerCase()}`;
}

/** Nothing of a prompt that is yet to come is known to be cached, and all of it may be written to a cache. */
function dearestInput(tier: PriceTier): PriceTier {
  const inputMicros = Math.max(tier.inputMicros, tier.cacheWriteMicros ?? 0);
  return { ...tier, inputMicros };
}
