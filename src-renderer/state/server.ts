import { create } from 'zustand';
import { api, events, onResync } from '../api.ts';
import type { ServerStatus } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface ServerState {
  /** Undefined until the first answer. */
  readonly server: ServerStatus | undefined;
}

export const useServer = create<ServerState>()(() => ({ server: undefined }));

const { answer, told } = createToldLast();

function show(server: ServerStatus): void {
  useServer.setState({ server });
}

export async function refreshServer(): Promise<void> {
  await answer(api.server.status({}), show);
}

export function followServer(): void {
  onResync(() => void refreshServer().catch(() => undefined));
  events.server.onChanged((server) => {
    told(() => {
      show(server);
    });
  });
}
