import type { InferenceBackend } from '../core/inference.ts';
import type { ModelManifest } from '../core/model.ts';
import type { InstalledModel } from '../contract/models.ts';
import type { AttachedServers } from '../engines/attached/attached-servers.ts';
import type { OfferedModel, Upstream, UpstreamDirectory } from '../gateway/ports.ts';

interface LocalUpstreamsDeps {
  readonly library: { find(name: string): ModelManifest | undefined };
  readonly catalogue: { list(): readonly InstalledModel[] };
  readonly engines: InferenceBackend;
  readonly attached: Pick<AttachedServers, 'resolve' | 'upstreamFor'>;
  /** Epoch milliseconds; models of this machine are as old as this start to API clients. */
  readonly startedAt: number;
}

/** This machine's engines and the servers attached to it: what personal mode routes to. */
export function createLocalUpstreams(deps: LocalUpstreamsDeps): UpstreamDirectory {
  const { library, catalogue, attached, startedAt } = deps;
  const local = { id: 'local', kind: 'local', backend: deps.engines } as const;
  return {
    models: () =>
      catalogue
        .list()
        .filter(({ problem }) => problem === undefined)
        .map((model) => toOffer(model, startedAt)),
    resolve: (name) => library.find(name)?.id ?? attached.resolve(name),
    candidates: ({ envelope: { model } }): readonly Upstream[] => {
      if (library.find(model)) return [local];
      const upstream = attached.upstreamFor(model);
      return upstream === undefined ? [] : [{ ...upstream, kind: 'attached' }];
    },
  };
}

function toOffer(model: InstalledModel, startedAt: number): OfferedModel {
  const { id, source, server, state, trainedContextLength, capabilities } = model;
  return {
    id,
    createdAt: startedAt,
    ownedBy: server?.name ?? (source === 'bundled' ? 'millpond' : 'local'),
    isReady: state.phase === 'ready',
    ...(trainedContextLength !== undefined && { contextLength: trainedContextLength }),
    ...(capabilities && { capabilities }),
  };
}
