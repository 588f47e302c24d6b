import { MillpondError } from '../../core/error.ts';
import type {
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
  ServedBy,
} from '../../core/inference.ts';
import type { AdvertisedModel, NodeTrust } from '../../core/node.ts';
import type { Upstream, UpstreamOffer } from '../ports.ts';
import type { Runs } from './runs.ts';

/** Where one model of one machine is asked. */
export interface NodePlace {
  readonly machineId: string;
  readonly ownerId: string;
  readonly poolId: string;
  readonly poolName: string;
  readonly machine: string;
  readonly trust: NodeTrust;
  readonly epoch: string;
  readonly isThisMachine: boolean;
  readonly model: AdvertisedModel;
  /** What answers there now; undefined once it is gone. */
  readonly backend: () => InferenceBackend | undefined;
}

/**
 * A model on a machine as the router sees it. The object stays the same while the connection does;
 * `offer` is replaced whenever the machine reports, and its `slotContents` only when slots changed.
 */
export class NodeUpstream implements Upstream {
  readonly id: string;
  readonly kind: 'local' | 'node';
  readonly staysHere: boolean;
  readonly epoch: string;
  readonly backend: InferenceBackend;
  readonly machine: string;
  readonly poolId: string;
  readonly trust: NodeTrust;
  offer: UpstreamOffer;

  constructor(place: NodePlace, offer: UpstreamOffer, runs: Runs) {
    this.id = place.machineId;
    this.kind = place.isThisMachine ? 'local' : 'node';
    this.staysHere = place.isThisMachine;
    this.epoch = place.epoch;
    this.machine = place.machine;
    this.poolId = place.poolId;
    this.trust = place.trust;
    this.offer = offer;
    this.backend = {
      infer: (request, options) => inferThere(request, options, { place, runs }),
    };
  }
}

async function* inferThere(
  request: InferenceRequest,
  options: InferOptions,
  { place, runs }: { readonly place: NodePlace; readonly runs: Runs },
): AsyncGenerator<InferenceChunk> {
  const backend = place.backend();
  if (!backend) {
    throw new MillpondError('unavailable', `${place.machine} is not connected any more`, {
      reason: 'node-lost',
    });
  }
  const { machineId, ownerId, poolId, model } = place;
  const run = runs.begin(request, { machineId, ownerId, poolId, modelId: model.id });
  try {
    for await (const chunk of backend.infer(asThere(request, model), options)) {
      run.observe(chunk);
      yield chunk.type === 'head' ? { ...chunk, servedBy: servedBy(request, place) } : chunk;
    }
  } finally {
    run.end();
  }
}

/** The machine knows the model under its own id, and answers with these weights or not at all. */
function asThere(request: InferenceRequest, model: AdvertisedModel): InferenceRequest {
  return {
    ...request,
    envelope: {
      ...request.envelope,
      model: model.id,
      ...(model.digest !== undefined && { digest: model.digest }),
    },
  };
}

/** Who answered is what the gateway knows, not what a machine says about itself. */
function servedBy(request: InferenceRequest, place: NodePlace): ServedBy {
  return {
    upstream: place.machineId,
    machine: place.machine,
    model: request.envelope.model,
    pool: place.poolName,
    ...(place.model.digest !== undefined && { digest: place.model.digest }),
  };
}
