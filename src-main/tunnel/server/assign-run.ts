import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest, InferOptions } from '../../core/inference.ts';
import type { AdvertisedModel, NodeAdvert } from '../../core/node.ts';
import type { ControlResponse } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { NodeLink } from '../ports.ts';
import { deadlineOnOtherClock } from '../wire/deadline.ts';
import { encodeRequest } from '../wire/request-codec.ts';
import { AssignedRun } from './assigned-run.ts';
import type { SessionDeps } from './session-deps.ts';

export interface AssignDeps extends SessionDeps {
  readonly link: NodeLink;
  /** As people call it. */
  readonly machine: string;
  readonly send: (message: NonNullable<ControlResponse['message']>) => void;
  readonly onHeard: () => void;
  readonly onRunsChanged: () => void;
}

/** Asks one machine for one answer. Leaving the loop or aborting stops the machine at once. */
export async function* assignRun(
  request: InferenceRequest,
  options: InferOptions,
  deps: AssignDeps,
): AsyncGenerator<InferenceChunk, void, undefined> {
  const model = takeSlot(request, options, deps);
  const run = createRun(request, model, options, deps);
  const abort = (): void => run.cancel(MillpondError.from(options.signal.reason, 'cancelled'));
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    yield* run.answer;
  } finally {
    options.signal.removeEventListener('abort', abort);
    if (!run.isOver) {
      run.cancel(new MillpondError('cancelled', 'Nobody waits for this answer any more'));
    }
  }
}

/** The model by the machine's own name, where it has a free slot. Throws what stands in the way. */
function takeSlot(
  request: InferenceRequest,
  options: InferOptions,
  deps: AssignDeps,
): AdvertisedModel {
  const { link, machine } = deps;
  if (options.signal.aborted) throw MillpondError.from(options.signal.reason, 'cancelled');
  if (!link.isOnline) {
    throw new MillpondError('unavailable', `${machine} is not connected any more`, {
      reason: 'node-lost',
    });
  }
  if (link.isDraining) {
    throw new MillpondError('overloaded', `${machine} is finishing and takes nothing new`, {
      reason: 'draining',
    });
  }
  const model = link.advert && findModel(link.advert, request);
  if (model === undefined) {
    throw new MillpondError(
      'model-not-found',
      `${machine} does not offer ${request.envelope.model}`,
    );
  }
  // No slots told: the machine keeps its own line.
  const isFull =
    model.slots > 0 && deps.runs.countOfModel(link.membershipId, model.id) >= model.slots;
  if (isFull) {
    throw new MillpondError('overloaded', `Every slot of ${model.name} on ${machine} is taken`, {
      reason: 'no-slot',
    });
  }
  return model;
}

function findModel(
  advert: NodeAdvert,
  { envelope }: InferenceRequest,
): AdvertisedModel | undefined {
  return (
    advert.models.find(({ id }) => id === envelope.model) ??
    advert.models.find(({ digest }) => digest !== undefined && digest === envelope.digest)
  );
}

function createRun(
  request: InferenceRequest,
  model: AdvertisedModel,
  options: InferOptions,
  deps: AssignDeps,
): AssignedRun {
  const { link, runs, gate, send } = deps;
  const { requestId } = request.envelope;
  const { membershipId } = link;
  const hops = [
    ...(request.envelope.hops ?? []).filter((hop) => hop !== gate.gatewayId),
    gate.gatewayId,
  ];
  const body = encodeRequest({
    ...request,
    envelope: {
      ...request.envelope,
      ...deadlineOnOtherClock(request.envelope.deadlineAt, link.clockSkewMs),
      model: model.id,
      hops,
    },
  });
  runs.get(membershipId, requestId)?.giveUp();
  const run = new AssignedRun({
    ...deps,
    requestId,
    modelId: model.id,
    body,
    acceptWithinMs: deps.timing.acceptWithinMs,
    canMoveOn: options.canMoveOn,
    sendCancel: () => send({ $case: 'cancel', value: { requestId } }),
    onOver: () => {
      runs.remove(membershipId, run);
      deps.onRunsChanged();
    },
  });
  runs.add(membershipId, run);
  deps.onRunsChanged();
  const { ticket } = run;
  const { inline, bytes } = body;
  send({
    $case: 'assign',
    value: { requestId, ticket, body: inline, bodyBytes: bytes, modelId: model.id },
  });
  return run;
}
