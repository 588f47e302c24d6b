import { describeMachine } from '../support/machine.ts';
import type { Report } from '../support/report.ts';
import { measureIdle } from '../runtime/idle.ts';
import { measurePredictions } from './predictions.ts';

interface FitBenchmarkOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Makes the program that is measured while it is idle. */
  readonly build: () => Promise<void>;
}

/** How well loads are predicted, how long that takes, and what knowing the machine costs at idle. */
export async function benchmarkFit({ build, runs, signal }: FitBenchmarkOptions): Promise<Report> {
  const machine = describeMachine();
  const predictions = await measurePredictions({ runs, signal });
  await build();
  const idle = await measureIdle({ runs, signal });
  return { benchmark: 'fit', machine, sections: [...predictions, idle] };
}
