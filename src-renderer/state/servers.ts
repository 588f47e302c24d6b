import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { AttachedServer } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface ServersState {
  /** Undefined until the first answer. */
  readonly servers: readonly AttachedServer[] | undefined;
  readonly error: MillpondError | undefined;
}

/** Servers that somebody else started and whose models Millpond serves too. */
export const useServers = create<ServersState>()(() => ({ servers: undefined, error: undefined }));

const { answer, told } = createToldLast();

/** The list with one server replaced or added; the order by name is kept. */
export function withServer(
  servers: readonly AttachedServer[],
  changed: AttachedServer,
): readonly AttachedServer[] {
  const rest = servers.filter((server) => server.id !== changed.id);
  return [...rest, changed].toSorted(
    (a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  );
}

export function showServer(server: AttachedServer): void {
  useServers.setState(({ servers }) => ({ servers: withServer(servers ?? [], server) }));
}

export function hideServer(id: string): void {
  useServers.setState(({ servers }) => ({
    servers: servers?.filter((server) => server.id !== id),
  }));
}

export async function refreshServers(): Promise<void> {
  try {
    await answer(api.servers.list({}), ({ servers }) => {
      useServers.setState({
        servers: servers.reduce<readonly AttachedServer[]>(withServer, []),
        error: undefined,
      });
    });
  } catch (thrown) {
    useServers.setState({ error: MillpondError.from(thrown) });
  }
}

/** Asks for the list and keeps it true until the returned function is called. */
export function followServers(): () => void {
  void refreshServers();
  const stops = [
    onResync(() => void refreshServers()),
    events.servers.onChanged(({ server }) => {
      told(() => {
        showServer(server);
      });
    }),
    events.servers.onRemoved(({ id }) => {
      told(() => {
        hideServer(id);
      });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
