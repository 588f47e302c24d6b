import { z } from 'zod';
import { nothing } from './common.ts';
import { call } from './kinds.ts';

const commandStatus = z.object({
  /** `system`: a package of the system brought it. `unavailable`: this installation has none. */
  state: z.enum(['on', 'off', 'system', 'unavailable']),
  /** Where it is, or would be. */
  path: z.string().optional(),
  /** False while terminals do not look into that folder. */
  isOnPath: z.boolean().optional(),
});
export type CommandStatus = z.infer<typeof commandStatus>;

/** The `millpond` command in terminals of this computer, by its owner's choice. */
export const command = {
  status: call('GET', '/control/command', nothing, commandStatus),
  set: call('POST', '/control/command', z.strictObject({ isOn: z.boolean() }), commandStatus),
};
