import type { ControlHandlers } from '../../contract/control.ts';
import type { HubStatus } from '../../contract/hub.ts';
import type { Hub } from '../../models/hub/hub.ts';
import { parseEndpoint } from '../../models/hub/hub-endpoint.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import { viewOfStatus } from '../discover/discover.ts';
import type { Discover } from '../discover/discover.ts';

interface HubHandlersDeps {
  readonly hub: Hub;
  readonly discover: Discover;
  readonly settings: SettingsStore;
}

/** A person waits for the page; the hub's own retries happen within this. */
const limitMs = 45_000;

export function createHubHandlers(deps: HubHandlersDeps): ControlHandlers['hub'] {
  const { hub, discover, settings } = deps;
  const inTime = (): AbortSignal => AbortSignal.timeout(limitMs);
  const status = async (): Promise<HubStatus> => viewOfStatus(await hub.status());
  return {
    status,
    search: ({ format, task, author, minParameters, maxParameters, cursor, query, sort }) =>
      discover.search(
        {
          ...{ query, sort },
          ...(format !== undefined && { format }),
          ...(task !== undefined && { task }),
          ...(author !== undefined && { author }),
          ...(minParameters !== undefined && { minParameters }),
          ...(maxParameters !== undefined && { maxParameters }),
          ...(cursor !== undefined && { cursor }),
        },
        inTime(),
      ),
    model: ({ repo, revision, aim }) =>
      discover.model({ repo, ...(revision !== undefined && { revision }) }, aim, inTime()),
    starters: () => discover.starters(inTime()),
    setToken: async ({ token }) => viewOfStatus(await hub.setToken(token, inTime())),
    async setEndpoint({ url }) {
      await settings.update({ hubEndpoint: url.trim() === '' ? '' : parseEndpoint(url) });
      return status();
    },
  };
}
