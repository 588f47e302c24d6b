import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { Provider } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface ProvidersState {
  /** Undefined until the first answer. */
  readonly providers: readonly Provider[] | undefined;
  readonly error: MillpondError | undefined;
}

/** Companies and servers with keys that the gateway forwards to. */
export const useProviders = create<ProvidersState>()(() => ({
  providers: undefined,
  error: undefined,
}));

const { answer, told } = createToldLast();

/** The list with one provider replaced or added; the order by name is kept. */
export function withProvider(
  providers: readonly Provider[],
  changed: Provider,
): readonly Provider[] {
  const rest = providers.filter((provider) => provider.id !== changed.id);
  return [...rest, changed].toSorted(
    (a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  );
}

export function showProvider(provider: Provider): void {
  useProviders.setState(({ providers }) => ({
    providers: withProvider(providers ?? [], provider),
  }));
}

export function hideProvider(id: string): void {
  useProviders.setState(({ providers }) => ({
    providers: providers?.filter((provider) => provider.id !== id),
  }));
}

export async function refreshProviders(): Promise<void> {
  try {
    await answer(api.providers.list({}), ({ providers }) => {
      useProviders.setState({
        providers: providers.reduce<readonly Provider[]>(withProvider, []),
        error: undefined,
      });
    });
  } catch (thrown) {
    useProviders.setState({ error: MillpondError.from(thrown) });
  }
}

/** Asks for the list and keeps it true until the returned function is called. */
export function followProviders(): () => void {
  void refreshProviders();
  const stops = [
    onResync(() => void refreshProviders()),
    events.providers.onChanged(({ provider }) => {
      told(() => {
        showProvider(provider);
      });
    }),
    events.providers.onRemoved(({ id }) => {
      told(() => {
        hideProvider(id);
      });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
