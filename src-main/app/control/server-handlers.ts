import type { ControlContext, ControlHandlers } from '../../contract/control.ts';
import type { ModelLimits as ModelLimitsView } from '../../contract/limits.ts';
import type { ServerStatus } from '../../contract/server.ts';
import type { OllamaPortState } from '../../gateway/http/ollama-port.ts';
import type { ApiKeys } from '../../gateway/keys/api-keys.ts';
import type { KeyAdministration } from '../../gateway/keys/key-administration.ts';
import type { Limits } from '../../gateway/limits/create-limits.ts';
import type { ModelLimits } from '../../gateway/limits/model-limits.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import type { PublicAddress } from '../pool/public-address.ts';

interface ServerHandlersDeps {
  readonly keys: Pick<ApiKeys, 'list'>;
  readonly administration: KeyAdministration;
  readonly modelLimits: ModelLimits;
  readonly limits: Pick<Limits, 'usesOf'>;
  readonly settings: SettingsStore;
  readonly ownerPersonId: string;
  readonly version: string;
  readonly startedAt: number;
  /** Loopback origin and port, once the server listens. */
  readonly address: () => { readonly origin: string; readonly port: number };
  /** The first address that others use, and who vouches for it. */
  readonly publicAddress: () => PublicAddress | undefined;
  readonly ollamaPort: () => OllamaPortState | undefined;
  readonly onOllamaPort: (changed: () => void) => void;
  readonly announce: (status: ServerStatus) => void;
}

export function createServerHandlers(deps: ServerHandlersDeps): ControlHandlers['server'] {
  const { keys, administration, settings, version, startedAt } = deps;
  const status = ({ personId }: Pick<ControlContext, 'personId'>): ServerStatus => {
    const { origin, port } = deps.address();
    const { keyless } = settings.current();
    const list = keys.list(personId).map((key) => ({ ...key }));
    const ollamaPort = deps.ollamaPort();
    return {
      ...{ version, startedAt, port, openaiUrl: `${origin}/v1`, keyless, keys: list },
      ...(ollamaPort && { ollamaPort: { ...ollamaPort } }),
      ...deps.publicAddress(),
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
    async createKey(wish, { personId }) {
      const created = await administration.create(personId, wish);
      tell();
      return created;
    },
    listKeys: (_input, { personId }) => ({ keys: [...administration.list(personId)] }),
    async updateKey({ id, ...change }, { personId }) {
      const record = await administration.update(personId, id, change);
      tell();
      return record;
    },
    async revokeKey({ id }, { personId }) {
      await administration.revoke(personId, id);
      tell();
      return {};
    },
    ...modelLimitHandlers(deps),
  };
}

function modelLimitHandlers({
  modelLimits,
  limits,
}: ServerHandlersDeps): Pick<ControlHandlers['server'], 'modelLimits' | 'setModelLimits'> {
  const view = (model: string): ModelLimitsView => {
    const own = modelLimits.of(model);
    const uses = [...limits.usesOf({ kind: 'model', id: model })];
    return { model, uses, ...(own && { limits: own }) };
  };
  return {
    modelLimits: () => ({ models: modelLimits.list().map(({ modelId }) => view(modelId)) }),
    async setModelLimits({ model, limits: wanted }) {
      await modelLimits.set(model, wanted ?? undefined);
      return view(model);
    },
  };
}
