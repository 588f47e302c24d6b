import { connect } from './connection.ts';
import { formatBytes } from './output.ts';
import type { VerbContext } from './verb.ts';

/** Deletes models. In a terminal there is no moment to undo it, so the command waits until the files are gone. */
export async function remove(
  { deps, output }: VerbContext,
  names: readonly string[],
  options: { readonly force?: boolean },
): Promise<void> {
  const connection = await connect(deps);
  try {
    const removed = [];
    for (const name of names) {
      const model = await connection.client.models.get({ name });
      const { freedBytes } = await connection.client.models.remove({
        id: model.id,
        force: options.force ?? false,
        undo: false,
      });
      removed.push({ id: model.id, freedBytes });
      output.remark(`${model.name} is deleted; ${formatBytes(freedBytes)} are free again`);
    }
    if (output.isJson) output.json({ removed });
  } finally {
    await connection.close();
  }
}
