import { attachOrFail } from './connection.ts';
import type { VerbContext } from './verb.ts';

interface StopOptions {
  readonly force?: boolean;
}

/** Unloads a model, or without a name stops the server. */
export async function stop(
  { deps, output }: VerbContext,
  name: string | undefined,
  options: StopOptions,
): Promise<void> {
  const { client } = await attachOrFail(deps);
  if (name === undefined) {
    await client.system.shutdown({});
    if (output.isJson) output.json({ stopped: 'server' });
    else output.line('Millpond is stopping.');
    return;
  }
  const model = await client.models.get({ name });
  await client.models.unload({ id: model.id, force: options.force ?? false });
  if (output.isJson) output.json({ stopped: model.id });
  else output.line(`${model.name} is being unloaded.`);
}
