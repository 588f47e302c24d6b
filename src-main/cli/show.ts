import type { InstalledModel } from '../contract/models.ts';
import { connect } from './connection.ts';
import { describeState } from './list.ts';
import { findModel } from './load-progress.ts';
import { formatBytes } from './output.ts';
import type { VerbContext } from './verb.ts';

/** Everything that is known about one model. */
export async function show({ deps, output }: VerbContext, name: string): Promise<void> {
  const connection = await connect(deps);
  try {
    const model = await findModel(connection.client, name);
    if (output.isJson) output.json(model);
    else
      output.table(facts(model).filter(([, value]) => value !== undefined) as [string, string][]);
  } finally {
    await connection.close();
  }
}

function facts(model: InstalledModel): [string, string | undefined][] {
  const abilities = Object.entries(model.capabilities ?? {}).filter(([, can]) => can);
  return [
    ['Name', model.name],
    ['Id', model.id],
    ['State', describeState(model)],
    ['Size', formatBytes(model.sizeBytes)],
    ['Architecture', model.architecture],
    ['Quantization', model.quantization],
    ['Parameters', model.parameterCount?.toLocaleString('en')],
    ['Context', model.trainedContextLength?.toLocaleString('en')],
    ['Can do', abilities.map(([ability]) => ability).join(', ') || undefined],
    ['Runs on', model.loaded?.device],
    ['SHA-256', model.digest],
    ['File', model.path],
  ];
}
