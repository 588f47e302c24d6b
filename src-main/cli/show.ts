import type { InstalledModel } from '../contract/models.ts';
import { connect } from './connection.ts';
import { describeState } from './list.ts';
import { formatBytes } from './output.ts';
import type { VerbContext } from './verb.ts';

/** Everything that is known about one model. */
export async function show({ deps, output }: VerbContext, name: string): Promise<void> {
  const connection = await connect(deps);
  try {
    const model = await connection.client.models.get({ name });
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
    ['Size', model.sizeBytes === undefined ? undefined : formatBytes(model.sizeBytes)],
    ['Architecture', model.architecture],
    ['Quantization', model.quantization],
    ['Parameters', model.parameterCount?.toLocaleString('en')],
    ['Context', model.trainedContextLength?.toLocaleString('en')],
    ['Can do', abilities.map(([ability]) => ability).join(', ') || undefined],
    ['Runs on', model.loaded?.device],
    ['Answered by', model.server?.name],
    ['From', model.origin && `${model.origin.repo} at ${model.origin.commit}`],
    ['Licence', model.origin?.licence],
    ['Kept by', model.store],
    ['Also used by', model.usedBy.join(', ') || undefined],
    ['SHA-256', model.digest],
    ['File', model.path],
  ];
}
