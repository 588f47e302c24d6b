import { z } from 'zod';
import { nothing } from './common.ts';
import { call, notify } from './kinds.ts';

const name = z.string().trim().min(1).max(200);

/** One name for several models: the next is asked when the one before cannot take the request. */
export const modelAlias = z.object({
  name,
  members: z
    .array(
      z.strictObject({
        model: name,
        /** Go on to the next when the line here is longer than so many seconds. */
        maxQueueSeconds: z.number().min(0).max(3600).optional(),
      }),
    )
    .min(1)
    .max(20),
  /** Whether a cloud model may follow models of machines. */
  cloud: z.boolean(),
  /** `file`: stands in the config file and is changed there. */
  source: z.enum(['database', 'file']),
});
export type AliasView = z.infer<typeof modelAlias>;

export const aliases = {
  list: call(
    'GET',
    '/control/aliases',
    nothing,
    z.object({
      aliases: z.array(
        modelAlias.extend({
          /** What is wrong with it now, in one sentence, such as a member that nobody has. */
          problem: z.string().optional(),
        }),
      ),
    }),
  ),
  /** Makes it or replaces what it was. Refuses cycles, unknown members and names that a model has. */
  save: call('POST', '/control/aliases', modelAlias.omit({ source: true }).strict(), modelAlias),
  remove: call('POST', '/control/aliases/remove', z.strictObject({ name }), nothing),
  onChanged: notify('aliases.changed', nothing),
};
