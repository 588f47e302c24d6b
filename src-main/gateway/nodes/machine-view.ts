import type { MachineModel, PoolMachine } from '../../contract/nodes.ts';
import type { AdvertisedModel } from '../../core/node.ts';
import type { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import { type MachineReport, modelKey, stateOf } from './machine-offers.ts';
import type { NodeProofs, NodeRates } from './ports.ts';

export interface MachineViewDeps {
  readonly ledger: Ledger;
  readonly rates: NodeRates;
  readonly proofs: NodeProofs;
}

/** A machine as the Pool page shows it. */
export function machineView(
  machine: Machine,
  tokensPerSecond: number,
  deps: MachineViewDeps,
): PoolMachine {
  const { id, device, standing, report } = machine;
  const { servedTokens, servedAnswers } = deps.ledger.ofMachine(device.poolId, id);
  const models = report?.advert.models.map((model) => modelView({ machine, report, model }, deps));
  return {
    id,
    name: device.name,
    personId: device.personId,
    personName: device.personName,
    isThisMachine: machine.isThisMachine,
    trust: device.trust,
    phase: standing.phase,
    reason: standing.reason,
    ...(standing.backAt !== undefined && { backAt: standing.backAt }),
    since: standing.since,
    ...remembered(machine),
    ...connection(machine),
    slots: sum(models, ({ slots }) => slots),
    busySlots: sum(models, ({ busySlots }) => busySlots),
    tokensPerSecond,
    models: models ?? [],
    allowedCommands: [...(report?.advert.allowedCommands ?? [])],
    servedTokens,
    servedAnswers,
  };
}

function remembered({ remembered: facts, report }: Machine) {
  if (!facts) return { hardware: '' };
  const load = report?.load;
  const usedBytes = facts.memoryKind === 'gpu' ? load?.usedGpuBytes : load?.usedMemoryBytes;
  return {
    hardware: facts.hardware,
    lastSeenAt: facts.lastSeenAt,
    memory: {
      kind: facts.memoryKind,
      totalBytes: facts.memoryBytes,
      ...(usedBytes !== undefined && { usedBytes }),
    },
    ...(facts.version !== '' && { version: facts.version }),
  };
}

function connection({ link }: Machine) {
  if (link?.isOnline !== true) return {};
  return {
    ...(link.roundTripMs !== undefined && { roundTripMs: link.roundTripMs }),
    clockSkewMs: link.clockSkewMs,
    address: link.remoteAddress.replace(/^::ffff:/, ''),
  };
}

function modelView(
  of: {
    readonly machine: Machine;
    readonly report: MachineReport;
    readonly model: AdvertisedModel;
  },
  { rates, proofs }: MachineViewDeps,
): MachineModel {
  const { machine, report, model } = of;
  const { id, name, digest, contextLength, slots } = model;
  const load = report.load?.models.find((each) => each.id === id);
  const measured = rates.of(machine.id, modelKey(model));
  const proof = machine.isThisMachine ? ownProof : proofs.of(machine.id, model);
  return {
    ...{ id, name, contextLength, slots },
    ...(digest !== undefined && { digest }),
    capabilities: { ...model.capabilities },
    state: { ...stateOf(report, model) },
    busySlots: load?.busySlots ?? 0,
    waiting: load?.waiting ?? 0,
    ...(measured && { ...measured }),
    proof: proof.state,
    ...(proof.problem !== undefined && { problem: proof.problem }),
  };
}

const ownProof = { state: 'own', problem: undefined } as const;

function sum<T>(items: readonly T[] | undefined, figure: (item: T) => number): number {
  return (items ?? []).reduce((total, item) => total + figure(item), 0);
}
