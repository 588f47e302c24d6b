import type { AdvertisedModel, NodeAdvert } from '../core/node.ts';
import type { MachineFacts, ShareableModel, SharingLimits } from './ports.ts';
import type { Sharing } from './sharing.ts';
import { forMembers } from './sharing-words.ts';

/** The models that the owner lets pools use. */
export function offeredModels(
  models: readonly ShareableModel[],
  { models: allowed }: SharingLimits,
): readonly ShareableModel[] {
  return allowed === null ? models : models.filter(({ id }) => allowed.includes(id));
}

/** Everything about this machine that changes rarely. */
export function advertOf(about: {
  readonly machine: MachineFacts;
  readonly models: readonly ShareableModel[];
  readonly sharing: Pick<Sharing, 'state' | 'limits'>;
}): NodeAdvert {
  const { machine, sharing } = about;
  const limits = sharing.limits();
  return {
    name: machine.name(),
    hardware: machine.hardware(),
    models: offeredModels(about.models, limits).map((model) => advertised(model, limits)),
    versions: machine.versions(),
    sharing: forMembers(sharing.state()),
    allowedCommands: limits.allowedCommands,
  };
}

/** Without what changes from second to second; never more slots than the owner gives in all. */
function advertised(
  { busySlots: _busy, waiting: _waiting, ...model }: ShareableModel,
  { answersAtOnce }: SharingLimits,
): AdvertisedModel {
  return { ...model, slots: Math.min(model.slots, answersAtOnce) };
}
