import type { AdvertisedModel } from '../../core/node.ts';
import type { CanaryTarget } from '../canaries/ports.ts';
import type { Fleet } from './fleet.ts';
import { type Machine, thisMachineId } from './machine.ts';
import { type MachineReport, stateOf } from './machine-offers.ts';
import type { NodeProofs } from './ports.ts';

/** Every model on every machine that works now; the gateway's own machine once, whatever pools it is in. */
export function canaryTargets(fleet: Fleet, proofs: NodeProofs): readonly CanaryTarget[] {
  const own = fleet.find(thisMachineId);
  const machines = fleet.all().filter((machine) => !machine.isThisMachine || machine === own);
  return machines.flatMap((machine) => {
    const { report, isTakingWork } = machine;
    if (!report || !isTakingWork) return [];
    return report.advert.models
      .filter((model) => !proofs.isQuarantined(machine.id, model))
      .flatMap((model) => targetOf(machine, report, model) ?? []);
  });
}

function targetOf(
  { id, device }: Machine,
  report: MachineReport,
  model: AdvertisedModel,
): CanaryTarget | undefined {
  const backend = report.backend();
  if (!backend) return undefined;
  return {
    machineId: id,
    machine: device.name,
    person: device.personName,
    poolId: device.poolId,
    trust: device.trust,
    model,
    isIdle: isIdle(report, model),
    backend,
  };
}

function isIdle(report: MachineReport, model: AdvertisedModel): boolean {
  if (stateOf(report, model).phase !== 'ready' || report.load?.isOwnerActive === true) return false;
  const load = report.load?.models.find(({ id }) => id === model.id);
  return load === undefined || (load.waiting === 0 && load.busySlots < model.slots);
}
