import { api, events } from '../api.ts';
import type { Account, ApiKey, ConfigStatus, ListedAlias, PriceList } from '../api.ts';
import { everyMs, useAnswer } from './use-answer.ts';
import type { Answered, Follow, Renew } from './use-answer.ts';

/** Levels move with every request; asked at this pace they are never far behind. */
const levelsPace = everyMs(15_000);

const askKeys = async (signal: AbortSignal): Promise<readonly ApiKey[]> =>
  (await api.server.listKeys({}, { signal })).keys;
const followKeys: Renew = (refresh) => [events.server.onChanged(refresh), ...levelsPace(refresh)];

/** Everybody's keys for who keeps the gateway, one's own for members. */
export function useKeys(): Answered<readonly ApiKey[]> {
  return useAnswer(askKeys, followKeys);
}

const askPeople = async (signal: AbortSignal): Promise<readonly Account[]> =>
  (await api.people.list({}, { signal })).people;
const followPeople: Renew = (refresh) => [events.people.onChanged(refresh), ...levelsPace(refresh)];

/** Everybody with an account. */
export function usePeople(): Answered<readonly Account[]> {
  return useAnswer(askPeople, followPeople);
}

const nobody = async (): Promise<readonly Account[]> => Promise.resolve([]);
const noPeople: readonly Account[] = [];

/** The same for their names alone, for who may know them. */
export function useKnownPeople(mayKnow: boolean): readonly Account[] {
  return useAnswer(mayKnow ? askPeople : nobody).answer ?? noPeople;
}

const askAliases = async (signal: AbortSignal): Promise<readonly ListedAlias[]> =>
  (await api.aliases.list({}, { signal })).aliases;
const followAliases: Renew = (refresh) => [
  events.aliases.onChanged(refresh),
  // What is wrong with an alias follows from the models that there are.
  events.providers.onChanged(refresh),
  events.models.onChanged(refresh),
];

/** One name for several models. */
export function useAliases(): Answered<readonly ListedAlias[]> {
  return useAnswer(askAliases, followAliases);
}

const askModelLimits = async (signal: AbortSignal) =>
  (await api.server.modelLimits({}, { signal })).models;

/** Models that have limits of their own. */
export function useModelLimits() {
  return useAnswer(askModelLimits, levelsPace);
}

const askPrices = (signal: AbortSignal): Promise<PriceList> => api.prices.list({}, { signal });
const followPrices: Renew = (refresh) => [events.providers.onChanged(refresh)];

/** What models cost, and which cloud models have no price. */
export function usePrices(): Answered<PriceList> {
  return useAnswer(askPrices, followPrices);
}

const askConfig = (signal: AbortSignal): Promise<ConfigStatus> => api.config.status({}, { signal });
const followConfig: Follow<ConfigStatus> = (_refresh, change) => [
  events.config.onChanged((status) => {
    change(() => status);
  }),
];

/** The config file, if there is one. */
export function useConfig(): Answered<ConfigStatus> {
  return useAnswer(askConfig, followConfig);
}
