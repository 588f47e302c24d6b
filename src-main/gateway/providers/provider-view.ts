import type { Provider as ProviderView } from '../../contract/providers.ts';
import type { Circuit } from './ports.ts';
import type { RingKey } from './key-ring.ts';
import type { Provider } from './provider.ts';

/** A provider as a person sees it: no secret is in it. */
export function viewOf(provider: Provider, circuits: readonly Circuit[]): ProviderView {
  const { stored, preset, source } = provider;
  const { id, name, baseUrl, access, isEnabled, createdAt } = stored;
  return {
    ...{ id, name, baseUrl, access, isEnabled, createdAt, source },
    preset: preset.id,
    dialect: preset.dialect,
    keys: provider.keys.list().map(viewOfKey),
    models: provider.models.map((each) => ({
      upstreamName: each.model.upstreamName,
      name: each.name,
      isServed: each.isServed,
      ...(each.model.contextLength !== undefined && { contextLength: each.model.contextLength }),
    })),
    state: stateOf(provider, circuits),
  };
}

function viewOfKey({ id, shown, state }: RingKey): ProviderView['keys'][number] {
  switch (state.phase) {
    case 'ready':
      return { id, shown, state: { phase: 'ready' } };
    case 'refused':
      return { id, shown, state: { phase: 'refused', since: state.since, reason: state.reason } };
    case 'cooling':
    case 'exhausted':
      return {
        ...{ id, shown },
        state: { phase: state.phase, until: state.until, reason: state.reason },
      };
  }
}

/** An open circuit says more than the latest look at the list of models. */
function stateOf(provider: Provider, circuits: readonly Circuit[]): ProviderView['state'] {
  const [open, ...others] = circuits.filter(({ upstreamId }) => upstreamId === provider.upstreamId);
  if (open === undefined) return { ...provider.health };
  const more = others.length > 0 ? ` and ${others.length.toString()} more` : '';
  return {
    phase: 'failing',
    since: open.since,
    reason: `'${open.model}'${more} failed too often: ${open.reason}`,
    ...(open.retryAt !== undefined && { retryAt: open.retryAt }),
  };
}
