import { MillpondError } from '../core/error.ts';
import type {
  InferenceBackend,
  InferenceChunk,
  InferenceRequest,
  InferOptions,
} from '../core/inference.ts';
import type { NodeAdvert, NodeCommand, NodeLoad, SlotContents } from '../core/node.ts';
import type { Admission, NodeHost } from '../tunnel/ports.ts';
import { admit } from './admission.ts';
import { advertOf, offeredModels } from './advert.ts';
import type { MachineFacts, SharedEngines } from './ports.ts';
import { answerForOthers } from './remote-answer.ts';
import type { Sharing } from './sharing.ts';

export interface NodeHostDeps {
  readonly machine: MachineFacts;
  readonly engines: SharedEngines;
  readonly sharing: Pick<Sharing, 'state' | 'limits' | 'runs' | 'onChanged'>;
  /** The pool whose requests come in here; absent: this gateway's own pools, which share one host. */
  readonly poolId?: string;
  /** An answer failed, and the owner wants the pool to hear of faults. */
  readonly onFault?: (error: unknown) => void;
  /** The membership may serve, and its owner offers this machine there. A plain read. */
  readonly isOffered: () => boolean;
  /** Calls back when `isOffered` may say something else; absent: it never does. */
  readonly onOfferedChanged?: (listener: () => void) => () => void;
  /** For the chaos suite: everybody's prompts share slots. */
  readonly faults?: { readonly isTenantOff?: boolean };
}

/** This machine for one pool: what it offers there, and every limit of its owner. */
export function createNodeHost(deps: NodeHostDeps): NodeHost {
  const { machine, engines, sharing, isOffered } = deps;
  return {
    advert(): NodeAdvert | undefined {
      if (!isOffered()) return undefined;
      return advertOf({ machine, models: engines.models(), sharing });
    },
    load(): NodeLoad | undefined {
      if (!isOffered()) return undefined;
      return {
        models: offeredModels(engines.models(), sharing.limits()).map(
          ({ id, busySlots, waiting, state }) => ({ id, busySlots, waiting, state }),
        ),
        ...machine.load(),
        isOwnerActive: engines.isOwnerActive(),
      };
    },
    slots: () => (isOffered() ? slotsFor(deps) : []),
    admit(request: InferenceRequest): Admission {
      const decision = admit(request, {
        isOffered: isOffered(),
        state: sharing.state(),
        limits: sharing.limits(),
        running: sharing.runs.count,
        models: engines.models(),
      });
      if (!decision.ok) return decision;
      const own = forEngines(request, decision.modelId, deps);
      return {
        ok: true,
        infer: (options) =>
          tellingFaults(deps, answerForOthers({ engines, sharing }, own, options)),
      };
    },
    command: (command, signal) => obey(deps, command, signal),
    onAdvertChanged(listener) {
      const leave = [
        engines.onChanged(listener),
        sharing.onChanged(listener),
        machine.onChanged(listener),
        ...(deps.onOfferedChanged === undefined ? [] : [deps.onOfferedChanged(listener)]),
      ];
      return () => {
        for (const end of leave) end();
      };
    },
    onSlotsChanged: (listener) => engines.onSlots(listener),
  };
}

/** Passes an answer on; the pool's owner hears of a fault of this machine where its owner wants that. */
async function* tellingFaults(
  { sharing, onFault }: NodeHostDeps,
  answer: AsyncIterable<InferenceChunk>,
): AsyncGenerator<InferenceChunk> {
  try {
    yield* answer;
  } catch (error) {
    if (sharing.limits().reportErrors) onFault?.(error);
    throw error;
  }
}

/** What somebody else's request left in a slot is theirs: for this pool the slot holds nothing. */
function slotsFor({ engines, sharing, poolId }: NodeHostDeps): readonly SlotContents[] {
  const offered = new Set(offeredModels(engines.models(), sharing.limits()).map(({ id }) => id));
  return engines.slots().flatMap(({ modelId, slot, tenant, marks, heldTokens }) => {
    if (!offered.has(modelId)) return [];
    const isOurs = poolId === undefined || isTenantOf(poolId, tenant);
    return [
      isOurs ? { modelId, slot, marks, heldTokens } : { modelId, slot, marks: [], heldTokens: 0 },
    ];
  });
}

async function obey(
  { machine, engines, sharing, isOffered }: NodeHostDeps,
  command: NodeCommand,
  signal: AbortSignal,
): Promise<void> {
  if (!isOffered() || !sharing.limits().allowedCommands.includes(command.kind)) {
    throw new MillpondError(
      'forbidden',
      `The owner of ${machine.name()} does not let the pool ${command.kind} models there`,
      { reason: 'owner-limits' },
    );
  }
  await engines.command(command, signal);
}

/** The same machine as an upstream of its own gateway: visitors stand under the owner's limits there too. */
export function hostBackend(host: NodeHost): InferenceBackend {
  return {
    async *infer(request: InferenceRequest, options: InferOptions): AsyncGenerator<InferenceChunk> {
      const admission = host.admit(request);
      if (!admission.ok) throw MillpondError.fromBody(admission.failure);
      yield* admission.infer(options);
    },
  };
}

/**
 * A pool may only reach prompts of its own: whatever tenant its gateway names, it is one inside the
 * pool. Two gateways that name the same tenant never share a slot.
 */
function forEngines(
  request: InferenceRequest,
  modelId: string,
  { poolId, faults }: Pick<NodeHostDeps, 'poolId' | 'faults'>,
): InferenceRequest {
  const { envelope } = request;
  const { pin: _pin, pools: _pools, ...rest } = envelope;
  const named = poolId === undefined ? envelope.tenant : tenantIn(poolId, envelope.tenant);
  const tenant = faults?.isTenantOff === true ? 'everybody' : named;
  return { ...request, envelope: { ...rest, model: modelId, tenant, isVisitor: true } };
}

function tenantIn(poolId: string, tenant: string): string {
  return tenant === poolId ? poolId : `${poolId}/${tenant}`;
}

function isTenantOf(poolId: string, tenant: string | undefined): boolean {
  return tenant === poolId || (tenant?.startsWith(`${poolId}/`) ?? false);
}
