import type { SharedEngines } from '../agent/ports.ts';
import type { InferenceBackend } from '../core/inference.ts';
import type { ModelManifest } from '../core/model.ts';
import type { InstalledModel } from '../contract/models.ts';
import type { AttachedServers } from '../engines/attached/attached-servers.ts';
import type { OfferedModel, Upstream, UpstreamDirectory } from '../gateway/ports.ts';
import { HeldSlots } from './held-slots.ts';

interface LocalUpstreamsDeps {
  readonly library: { find(name: string): ModelManifest | undefined };
  readonly catalogue: { list(): readonly InstalledModel[] };
  readonly engines: InferenceBackend;
  readonly attached: Pick<AttachedServers, 'resolve' | 'upstreamFor'>;
  /** What the engines hold, for comparing this machine with others; absent: it is never compared. */
  readonly shareable?: Pick<SharedEngines, 'models' | 'slots'>;
  /** As people call this machine: where an answer went on, and why. */
  readonly machineName: () => string;
  /** Epoch milliseconds; models of this machine are as old as this start to API clients. */
  readonly startedAt: number;
}

/** This machine's engines and the servers attached to it: what personal mode routes to. */
export function createLocalUpstreams(deps: LocalUpstreamsDeps): UpstreamDirectory {
  const { library, catalogue, attached, startedAt } = deps;
  const held = new HeldSlots();
  return {
    models: () =>
      catalogue
        .list()
        .filter(({ problem }) => problem === undefined)
        .map((model) => toOffer(model, startedAt)),
    resolve: (name) => {
      const id = library.find(name)?.id ?? attached.resolve(name);
      return id === undefined ? undefined : { id };
    },
    candidates: ({ envelope: { model } }): readonly Upstream[] => {
      const found = library.find(model);
      if (found) return [localUpstream(found.id, deps, held)];
      const upstream = attached.upstreamFor(model);
      return upstream === undefined ? [] : [{ ...upstream, kind: 'attached' }];
    },
  };
}

/** Its engine keeps its own line, so no slots are told: the router never holds a request back from it. */
function localUpstream(
  id: string,
  { engines, shareable, machineName }: LocalUpstreamsDeps,
  held: HeldSlots,
): Upstream {
  const machine = machineName();
  const local = { id: 'local', kind: 'local', machine, backend: engines } as const;
  const model = shareable?.models().find((each) => each.id === id);
  if (model === undefined) return local;
  const { digest, contextLength, capabilities, state, busySlots, waiting, rates, loadMs } = model;
  return {
    ...local,
    offer: {
      ...(digest !== undefined && { digest }),
      ...{ contextLength, capabilities, busySlots, waiting, penalties: [] },
      // Whoever asks while it is being unloaded waits, and it is loaded again.
      state: state.phase === 'draining' ? { phase: 'installed' } : state,
      ...(rates && { rates }),
      ...(loadMs !== undefined && { loadMs }),
      slotContents: held.of(id, shareable?.slots() ?? []),
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
