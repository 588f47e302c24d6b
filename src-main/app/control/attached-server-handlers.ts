import type { ControlHandlers } from '../../contract/control.ts';
import type { AttachedServer } from '../../contract/servers.ts';
import type { AttachedServers } from '../../engines/attached/attached-servers.ts';
import type { AttachedServerView } from '../../engines/attached/server-view.ts';

/** A server that takes longer to list its models is as good as away. */
const askLimitMs = 15_000;

export function createAttachedServerHandlers(
  attached: AttachedServers,
): ControlHandlers['servers'] {
  const inTime = () => ({ signal: AbortSignal.timeout(askLimitMs) });
  return {
    list: () => ({ servers: attached.list().map(viewOfServer) }),
    async detect() {
      const found = await attached.detect(inTime());
      return { found: found.map((server) => ({ ...server })) };
    },
    add: async ({ url, name, keys, names, hidden }) =>
      viewOfServer(await attached.add({ url, name, keys, names, hidden }, inTime())),
    update: async ({ id, url, name, keys, names, hidden }) =>
      viewOfServer(await attached.update(id, { url, name, keys, names, hidden })),
    async remove({ id }) {
      await attached.remove(id);
      return {};
    },
  };
}

export function viewOfServer(server: AttachedServerView): AttachedServer {
  return {
    ...server,
    state: { ...server.state },
    keys: server.keys.map((key) => ({ ...key })),
    models: server.models.map((model) => ({ ...model })),
  };
}
