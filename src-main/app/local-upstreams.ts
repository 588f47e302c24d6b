import type { InferenceBackend } from '../core/inference.ts';
import type { ModelManifest, ModelState } from '../core/model.ts';
import type { OfferedModel, UpstreamDirectory } from '../gateway/ports.ts';

interface LocalUpstreamsDeps {
  readonly library: {
    list(): readonly ModelManifest[];
    find(name: string): ModelManifest | undefined;
  };
  readonly engines: InferenceBackend & { describe(name: string): { readonly state: ModelState } };
  /** Epoch milliseconds; models of this machine are as old as this start to API clients. */
  readonly startedAt: number;
}

/** This machine's engines as the gateway's only upstream: what personal mode routes to. */
export function createLocalUpstreams(deps: LocalUpstreamsDeps): UpstreamDirectory {
  const local = { id: 'local', kind: 'local', backend: deps.engines } as const;
  const usable = (): readonly ModelManifest[] =>
    deps.library.list().filter((model) => model.problem === undefined);
  return {
    models: () => usable().map((model) => toOffer(model, deps)),
    resolve: (name) => deps.library.find(name)?.id,
    candidates: (request) => (deps.library.find(request.envelope.model) ? [local] : []),
  };
}

function toOffer(model: ModelManifest, { engines, startedAt }: LocalUpstreamsDeps): OfferedModel {
  return {
    id: model.id,
    createdAt: startedAt,
    ownedBy: model.source === 'bundled' ? 'millpond' : 'local',
    isReady: engines.describe(model.id).state.phase === 'ready',
    ...(model.facts && {
      contextLength: model.facts.trainedContextLength,
      capabilities: model.facts.capabilities,
    }),
  };
}
