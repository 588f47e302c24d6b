import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';

/** Where a file is wrong; lines and columns count from 1. */
export const configProblem = z.object({
  line: z.int(),
  column: z.int(),
  message: z.string(),
});
export type ConfigProblem = z.infer<typeof configProblem>;

/** The file `millpond.yaml`, if there is one: what it names is locked in the window. */
export const configStatus = z.object({
  path: z.string(),
  state: z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('none') }),
    z.object({
      phase: z.literal('applied'),
      at: instant,
      /** What was left out all the same, such as a provider whose variable is not set. */
      problems: z.array(configProblem).optional(),
    }),
    /** The last good one stays in force. */
    z.object({ phase: z.literal('rejected'), at: instant, problems: z.array(configProblem) }),
  ]),
  /** Settings that the file holds, by their names. */
  locked: z.array(z.string()),
});
export type ConfigStatus = z.infer<typeof configStatus>;

export const config = {
  status: call('GET', '/control/config', nothing, configStatus),
  /** What is wrong with a text, without applying it. */
  check: call(
    'POST',
    '/control/config/check',
    z.strictObject({ text: z.string().max(1_000_000) }),
    z.object({ problems: z.array(configProblem) }),
  ),
  /** Everything that a file can say, as it is now. Secrets stand as names of variables. */
  export: call('GET', '/control/config/export', nothing, z.object({ text: z.string() })),
  /** Takes providers and models of a Millpond or AI-api-pool file over into the database. */
  import: call(
    'POST',
    '/control/config/import',
    z.strictObject({ text: z.string().max(1_000_000) }),
    z.object({
      providers: z.array(z.object({ name: z.string(), models: z.int() })),
      /** What was left out and why, such as a variable that is not set. */
      problems: z.array(configProblem),
    }),
  ),
  onChanged: notify('config.changed', configStatus),
};
