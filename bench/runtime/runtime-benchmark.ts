import { random20MModel } from '../../src-main/testing/random-gguf.ts';
import { generatedModel } from '../support/generated-model.ts';
import { describeMachine } from '../support/machine.ts';
import type { Report, Section } from '../support/report.ts';
import { measureColdStart } from './cold-start.ts';
import { startGatewayProcess } from './gateway-client.ts';
import { measureGatewayLatency } from './gateway-latency.ts';
import { measureHttpCancel } from './http-cancel.ts';
import { measureIdle } from './idle.ts';
import { measurePacedStreams } from './paced-streams.ts';
import { measureRuntimeOverhead } from './runtime-overhead.ts';

export interface RuntimeBenchmarkOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
}

/** What the runtime and its gateway add to an engine, and what they take while nobody asks. */
export async function benchmarkRuntime(options: RuntimeBenchmarkOptions): Promise<Report> {
  const machine = describeMachine();
  const model = generatedModel(random20MModel);
  const sections: Section[] = [
    await measureRuntimeOverhead(model, options),
    await measureHttpCancel(model, options),
    ...(await measureGateway(options)),
    await measureIdle(options),
    await measureColdStart(options),
  ];
  return { benchmark: 'runtime', machine, sections };
}

async function measureGateway(options: RuntimeBenchmarkOptions): Promise<Section[]> {
  await using gateway = await startGatewayProcess();
  return [
    await measureGatewayLatency(gateway, options),
    await measurePacedStreams(gateway, options),
  ];
}
