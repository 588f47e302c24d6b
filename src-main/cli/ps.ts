import type { InstalledModel } from '../contract/models.ts';
import { attach } from './connection.ts';
import { describeState } from './list.ts';
import { formatMemory } from './output.ts';
import type { Output } from './output.ts';
import type { VerbContext } from './verb.ts';

/** The models that are loaded, and what they take. */
export async function ps({ deps, output }: VerbContext): Promise<void> {
  const connection = await attach(deps);
  if (!connection) {
    if (output.isJson) output.json({ running: false, models: [] });
    else output.line('Millpond is not running.');
    return;
  }
  const { models } = await connection.client.models.list({});
  const active = models.filter((model) => model.state.phase !== 'installed');
  if (output.isJson) output.json({ running: true, models: active });
  else if (active.length === 0) output.line('No model is loaded.');
  else printTable(output, active);
}

function printTable(output: Output, active: readonly InstalledModel[]): void {
  output.table([
    ['MODEL', 'STATE', 'MEMORY', 'BUSY', 'IN LINE', 'RUNS ON'],
    ...active.map((model) => {
      const { loaded } = model;
      const memory = loaded?.measuredBytes ?? loaded?.predictedBytes;
      return [
        model.id,
        describeState(model),
        memory === undefined ? 'unknown' : formatMemory(memory),
        loaded ? `${String(loaded.busySlots)} of ${String(loaded.slots)}` : '–',
        loaded ? String(loaded.queued) : '–',
        loaded?.device ?? '–',
      ];
    }),
  ]);
}
