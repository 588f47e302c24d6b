import type { Command } from 'commander';
import { MillpondError } from '../core/error.ts';
import { exitCodeOf } from './exit-code.ts';
import { Output } from './output.ts';
import type { OutputOptions } from './output.ts';
import type { CliDependencies } from './ports.ts';

/** What every verb gets: the world, and where to print. */
export interface VerbContext {
  readonly deps: CliDependencies;
  readonly output: Output;
}

/** Adds the options every verb has. */
export function withOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON, for scripts')
    .option('--plain', 'no colours and no progress bars');
}

/** Runs a verb and turns a failure into one sentence and an exit status. */
export async function runVerb(
  deps: CliDependencies,
  options: OutputOptions,
  verb: (context: VerbContext) => Promise<void>,
): Promise<void> {
  const output = new Output(deps, options);
  try {
    await verb({ deps, output });
  } catch (thrown) {
    const error = MillpondError.from(thrown);
    if (output.isJson) output.json({ error: error.toBody() });
    else output.failure(error.message);
    process.exitCode = exitCodeOf(error.code);
  }
}
