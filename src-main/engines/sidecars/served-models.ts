import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import type { SidecarClient } from './sidecar-client.ts';

const modelList = z.object({
  data: z.array(z.object({ id: z.string(), max_model_len: z.number().optional() })),
});

export type ServedModel = z.output<typeof modelList>['data'][number];

/**
 * The entry of `/v1/models` with this name. Rejects with `model-load-failed` when the server does
 * not list it: then it is not the program that was started, or not with that model.
 */
export async function servedModel(
  client: SidecarClient,
  name: string,
  signal: AbortSignal,
): Promise<ServedModel> {
  const reply = await client.get('/v1/models', signal);
  const list = modelList.safeParse(reply.json);
  const found = list.success ? list.data.data.find(({ id }) => id === name) : undefined;
  if (found !== undefined) return found;
  throw new MillpondError(
    'model-load-failed',
    `Another program answers at ${client.url} in place of the one that was started; try again`,
  );
}
