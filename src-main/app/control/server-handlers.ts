import type { ControlContext, ControlHandlers } from '../../contract/control.ts';
import type { ServerStatus } from '../../contract/server.ts';
import type { OllamaPortState } from '../../gateway/http/ollama-port.ts';
import type { ApiKeys } from '../../gateway/keys/api-keys.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';

interface ServerHandlersDeps {
  readonly keys: ApiKeys;
  readonly settings: SettingsStore;
  readonly ownerPersonId: string;
  readonly version: string;
  readonly startedAt: number;
  /** Loopback origin and port, once the server listens. */
  readonly address: () => { readonly origin: string; readonly port: number };
  /** The first address that others use, while a pool is open. */
  readonly publicUrl: () => string | undefined;
  readonly ollamaPort: () => OllamaPortState | undefined;
  readonly onOllamaPort: (changed: () => void) => void;
  readonly announce: (status: ServerStatus) => void;
}

export function createServerHandlers(deps: ServerHandlersDeps): ControlHandlers['server'] {
  const { keys, settings, version, startedAt } = deps;
  const status = ({ personId }: Pick<ControlContext, 'personId'>): ServerStatus => {
    const { origin, port } = deps.address();
    const { keyless } = settings.current();
    const list = keys.list(personId).map((key) => ({ ...key }));
    const ollamaPort = deps.ollamaPort();
    const publicUrl = deps.publicUrl();
    return {
      ...{ version, startedAt, port, openaiUrl: `${origin}/v1`, keyless, keys: list },
      ...(ollamaPort && { ollamaPort: { ...ollamaPort } }),
      ...(publicUrl !== undefined && { publicUrl }),
    };
  };
  const tell = (): void => {
    deps.announce(status({ personId: deps.ownerPersonId }));
  };
  deps.onOllamaPort(tell);
  // Settings has the same switch; the Server page of other tabs must hear of it too.
  let { keyless: announced } = settings.current();
  settings.onChanged(({ keyless }) => {
    if (keyless !== announced) tell();
    announced = keyless;
  });
  return {
    status: (_input, context) => status(context),
    async update({ keyless }, context) {
      await settings.update({ keyless });
      return status(context);
    },
    async createKey({ name, ...limits }, context) {
      const created = await keys.create(context.personId, name, limits);
      deps.announce(status(context));
      return created;
    },
    async revokeKey({ id }, context) {
      await keys.revoke(context.personId, id);
      deps.announce(status(context));
      return {};
    },
  };
}
