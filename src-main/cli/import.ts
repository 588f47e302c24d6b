import { resolve } from 'node:path';
import { connect } from './connection.ts';
import type { VerbContext } from './verb.ts';

export interface ImportOptions {
  readonly copy?: boolean;
  readonly move?: boolean;
}

/** Brings a model file or folder into the library; without an option it stays where it is. */
export async function importModel(
  { deps, output }: VerbContext,
  path: string,
  { copy, move }: ImportOptions,
): Promise<void> {
  const connection = await connect(deps);
  try {
    const mode = move ? 'move' : copy ? 'copy' : 'link';
    const model = await connection.client.models.import({ path: resolve(path), mode });
    if (output.isJson) output.json(model);
    else output.line(`${model.name} is installed as ${model.id}`);
  } finally {
    await connection.close();
  }
}
