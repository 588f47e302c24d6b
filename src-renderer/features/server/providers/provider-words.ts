import type { Provider, ProviderKey } from '../../../api.ts';
import type { Tone } from '../../../ui/StateBadge.tsx';

/** How a provider stands; its word is `providers.state.<state>`. */
export type ProviderStanding = 'off' | 'unchecked' | 'ok' | 'resting' | 'noKey' | 'failing';

export const providerTones: Readonly<Record<ProviderStanding, Tone>> = {
  off: 'rest',
  unchecked: 'waiting',
  ok: 'ok',
  resting: 'slow',
  noKey: 'fail',
  failing: 'fail',
};

/** The worst of what is known: a provider that answers is of no use when no key of it may ask. */
export function standingOf(provider: Provider): ProviderStanding {
  const { state, keys, isEnabled } = provider;
  if (!isEnabled) return 'off';
  if (state.phase === 'failing') return 'failing';
  if (keys.length > 0 && keys.every((key) => key.state.phase === 'refused')) return 'noKey';
  if (keys.length > 0 && keys.every((key) => key.state.phase !== 'ready')) return 'resting';
  return state.phase;
}

/** Why, in the words of what happened; undefined where nothing is wrong. */
export function reasonOf(provider: Provider): string | undefined {
  if (!provider.isEnabled) return undefined;
  if (provider.state.phase === 'failing') return provider.state.reason;
  const states = provider.keys.map(({ state }) => state);
  const wrong = states.find((state) => state.phase === 'refused') ?? states.find(isResting);
  const isAny = states.some(({ phase }) => phase === 'ready');
  return isAny || wrong === undefined || wrong.phase === 'ready' ? undefined : wrong.reason;
}

function isResting(state: ProviderKey['state']): boolean {
  return state.phase === 'cooling' || state.phase === 'exhausted';
}

/** Whether resetting its circuit and waking its keys would change anything. */
export function canReset(provider: Provider): boolean {
  const isAsleep = provider.keys.some(({ state }) => state.phase !== 'ready');
  return provider.state.phase === 'failing' || isAsleep;
}

/** Whether somebody should look at it. */
export function needsHand(provider: Provider): boolean {
  const standing = standingOf(provider);
  return standing === 'failing' || standing === 'noKey' || standing === 'resting';
}

export const keyTones: Readonly<Record<ProviderKey['state']['phase'], Tone>> = {
  ready: 'ok',
  cooling: 'waiting',
  exhausted: 'slow',
  refused: 'fail',
};

/** The upstream names that are served after one model was switched. */
export function servedAfter(
  models: Provider['models'],
  upstreamName: string,
  isServed: boolean,
): string[] {
  return models
    .filter((model) => (model.upstreamName === upstreamName ? isServed : model.isServed))
    .map((model) => model.upstreamName);
}
