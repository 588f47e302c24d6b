import type { ModelInspection } from '../engines/hosting/host-protocol.ts';
import { FakeEngine } from './fake-engine.ts';

/**
 * What a probe would say of a small model on a machine without graphics card. `predictedBytes` given
 * alone are all main memory.
 */
export function modelInspection(change: Partial<ModelInspection> = {}): ModelInspection {
  const predictedBytes = change.predictedBytes ?? 5_000_000;
  return {
    facts: {
      architecture: 'llama',
      trainedContextLength: 2048,
      capabilities: new FakeEngine().facts.capabilities,
    },
    reservedBytes: predictedBytes,
    cpuBytes: predictedBytes - (change.gpuBytes ?? 0),
    gpuBytes: 0,
    predictedBytes,
    gpuLayers: 0,
    layers: 3,
    contextLength: 2048,
    slots: 4,
    fitsFreeMemory: true,
    bytesPerToken: 4_000_000,
    ...change,
  };
}
