import { create } from 'zustand';
import { api, events, onResync } from '../api.ts';
import type { ServerStatus } from '../api.ts';

interface ServerState {
  /** Undefined until the first answer. */
  readonly server: ServerStatus | undefined;
}

export const useServer = create<ServerState>()(() => ({ server: undefined }));

export async function refreshServer(): Promise<void> {
  useServer.setState({ server: await api.server.status({}) });
}

export function followServer(): void {
  onResync(() => void refreshServer().catch(() => undefined));
  events.server.onChanged((server) => {
    useServer.setState({ server });
  });
}
