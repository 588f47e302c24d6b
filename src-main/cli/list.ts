import type { InstalledModel } from '../contract/models.ts';
import { connect } from './connection.ts';
import { formatBytes } from './output.ts';
import type { VerbContext } from './verb.ts';

/** The models on this machine. */
export async function list({ deps, output }: VerbContext): Promise<void> {
  const connection = await connect(deps);
  try {
    const { models } = await connection.client.models.list({});
    if (output.isJson) output.json({ models });
    else output.table([['MODEL', 'SIZE', 'CONTEXT', 'STATE'], ...models.map(row)]);
  } finally {
    await connection.close();
  }
}

function row(model: InstalledModel): string[] {
  const context = model.trainedContextLength?.toLocaleString('en') ?? 'unknown';
  return [
    model.id,
    model.sizeBytes === undefined ? '-' : formatBytes(model.sizeBytes),
    context,
    describeState(model),
  ];
}

/** A model's state in the words of the window. */
export function describeState(model: InstalledModel): string {
  if (model.problem !== undefined) return `Cannot be used: ${model.problem}`;
  const { state } = model;
  switch (state.phase) {
    case 'installed':
      return 'Installed';
    case 'loading':
      return `Loading ${String(Math.round(state.share * 100))} %`;
    case 'ready':
      return 'Ready';
    case 'draining':
      return 'Finishing';
    case 'failed':
      return `Failed: ${state.reason}`;
  }
}
