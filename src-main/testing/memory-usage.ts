import type { AlertSettings } from '../contract/alerts.ts';
import type { AlertStore, StoredAlert } from '../gateway/alerts/ports.ts';
import type { PriceStore, StoredPrice, UsageStore } from '../gateway/usage/ports.ts';

/** Prices that people set, without a database. */
export interface MemoryPriceStore extends PriceStore {
  /** Refuses to write from then on. */
  isBroken: boolean;
}

export function createMemoryPriceStore(first: readonly StoredPrice[] = []): MemoryPriceStore {
  const keyOf = (model: string, provider?: string): string => `${provider ?? ''}\n${model}`;
  const prices = new Map(first.map((price) => [keyOf(price.model, price.provider), price]));
  const write = (change: () => void): Promise<void> => {
    if (store.isBroken) return Promise.reject(new Error('the disk is gone'));
    change();
    return Promise.resolve();
  };
  const store: MemoryPriceStore = {
    isBroken: false,
    list: () => Promise.resolve([...prices.values()]),
    save: (price) => write(() => void prices.set(keyOf(price.model, price.provider), price)),
    remove: (model, provider) => write(() => void prices.delete(keyOf(model, provider))),
  };
  return store;
}

/** Summing up is the database's work: without one there are no sums. */
export const noUsageSums: UsageStore = {
  points: () => Promise.resolve([]),
  days: () => Promise.resolve([]),
  labels: () => Promise.resolve([]),
};

export function createMemoryAlertStore(): AlertStore {
  const alerts = new Map<string, StoredAlert>();
  let settings: AlertSettings | undefined;
  return {
    list: () => Promise.resolve([...alerts.values()].toSorted((a, b) => b.at - a.at)),
    save: (alert) => {
      alerts.set(alert.id, alert);
      return Promise.resolve();
    },
    settings: () => Promise.resolve(settings),
    saveSettings: (saved) => {
      settings = saved;
      return Promise.resolve();
    },
  };
}
