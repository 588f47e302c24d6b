import type { RouteDecision } from '../../contract/activity.ts';
import { newId } from '../../core/identity.ts';
import type { InferenceChunk, InferenceRequest, RequestEnvelope } from '../../core/inference.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { offeredModel, silentLogger } from '../../testing/gateway-fixture.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { createScriptedBackend } from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';
import type { Caller } from '../caller.ts';
import { callerScope } from '../caller.ts';
import { checkCapabilities } from '../pipeline/check-capabilities.ts';
import { composePipeline } from '../pipeline/pipeline.ts';
import type { RequestContext } from '../pipeline/pipeline.ts';
import { resolveModel } from '../pipeline/resolve-model.ts';
import type { AliasMember, OfferedModel, Scope, Upstream, UpstreamDirectory } from '../ports.ts';
import { createRouter } from '../routing/router.ts';
import { leastBusyFirst, unmeasured } from '../routing/scripted-machines.fixture.ts';
import { createAliases } from './create-aliases.ts';
import type { AliasStore, StoredAlias } from './ports.ts';
import { walkAlias } from './walk-alias.ts';

export interface TestModel {
  readonly upstreams: readonly Upstream[] | ((request: InferenceRequest) => readonly Upstream[]);
  readonly offered?: Partial<OfferedModel>;
  /** Whose scope it is in; everybody's if absent. */
  readonly isVisible?: (scope: Scope) => boolean;
}

export type TestModels = Record<string, TestModel>;

/** An upstream that says what its script says, or fails as it is told. */
export function upstream(
  id: string,
  steps: (() => Iterable<ScriptStep>) | Error,
  more: Partial<Omit<Upstream, 'id' | 'backend'>> = {},
) {
  const script = steps instanceof Error ? () => [steps] : steps;
  return { kind: 'local' as const, ...more, id, backend: createScriptedBackend(script) };
}

export function keyOf(rights: {
  readonly models?: readonly string[];
  readonly providers?: 'shared';
}): Caller {
  const { models, providers } = rights;
  const scope = { pools: [], ...(providers && { providers }) };
  return { kind: 'key', keyId: 'k', name: 'k', personId: 'q', scope, ...(models && { models }) };
}

/** A directory over models that each have their own upstreams. */
export function directoryOfModels(models: TestModels): UpstreamDirectory {
  const visible = (id: string, scope: Scope): boolean => {
    const model = models[id];
    if (model === undefined || scope.models?.includes(id) === false) return false;
    return model.isVisible?.(scope) ?? true;
  };
  return {
    models: (scope) =>
      Object.entries(models)
        .filter(([id]) => visible(id, scope))
        .map(([id, { offered }]) => offeredModel(id, offered)),
    resolve: (name, scope) => {
      const [id = '', pin] = name.split('@');
      if (!visible(id, scope)) return undefined;
      return { id, ...(pin !== undefined && { pin }) };
    },
    candidates: (request) => {
      const upstreams = models[request.envelope.model]?.upstreams ?? [];
      return typeof upstreams === 'function' ? upstreams(request) : upstreams;
    },
  };
}

export function memoryAliasStore(): AliasStore & { readonly rows: Map<string, StoredAlias> } {
  const rows = new Map<string, StoredAlias>();
  return {
    rows,
    list: () => Promise.resolve([...rows.values()]),
    save: (alias) => {
      rows.set(alias.name, alias);
      return Promise.resolve();
    },
    remove: (name) => {
      rows.delete(name);
      return Promise.resolve();
    },
  };
}

const owner: Caller = { kind: 'window', personId: 'p', scope: { pools: [], providers: 'own' } };

interface Asked {
  readonly name?: string;
  readonly caller?: Caller;
  readonly signal?: AbortSignal;
  readonly envelope?: Partial<RequestEnvelope>;
}

function contextOf(
  { name = 'smart', caller = owner, signal, envelope }: Asked,
  receivedAt: number,
  onRoute: (decision: RouteDecision) => void,
): RequestContext {
  const { providers } = callerScope(caller);
  const { input, envelope: usual } = chatRequest('Hi');
  return {
    request: {
      input,
      envelope: {
        ...usual,
        requestId: newId(),
        model: name,
        privacy: 'trusted',
        ...(providers && { providers }),
        ...envelope,
      },
    },
    caller,
    signal: signal ?? new AbortController().signal,
    ...{ receivedAt, onRoute, streamed: true },
    client: 'test',
    path: '/v1/chat/completions',
  };
}

/** Name, walk, capabilities and router, as the gateway puts them together. */
export async function openAliases(models: TestModels) {
  const clock = createFakeClock();
  const base = directoryOfModels(models);
  const aliases = await createAliases({
    store: memoryAliasStore(),
    directory: base,
    everything: () => ({ pools: [], providers: 'own' }),
    clock,
    onChanged: () => undefined,
  });
  const router = createRouter({
    directory: base,
    clock,
    logger: silentLogger,
    strategyOf: () => leastBusyFirst,
    sent: () => unmeasured,
    onUpstreamFailed: () => undefined,
  });
  const { directory } = aliases;
  const run = composePipeline(
    [resolveModel(directory), walkAlias(directory, clock), checkCapabilities(directory)],
    ({ request, ...options }) => router.infer(request, options),
  );
  const decisions: RouteDecision[] = [];
  const ask = (asked: Asked = {}) =>
    run(contextOf(asked, clock.now(), (decision) => decisions.push(decision)));
  return {
    clock,
    aliases,
    router,
    ask,
    /** What the last request's route was. */
    route: () => decisions.at(-1),
    save: (members: readonly (string | AliasMember)[], mayCrossToCloud = false, name = 'smart') =>
      aliases.save({
        name,
        mayCrossToCloud,
        members: members.map((each) => (typeof each === 'string' ? { model: each } : each)),
      }),
  };
}

export async function textOf(chunks: AsyncIterable<InferenceChunk>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) if (chunk.type === 'text') text += chunk.text;
  return text;
}
