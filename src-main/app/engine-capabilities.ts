import type { EngineKind, ModelCapabilities, ModelFacts, ModelManifest } from '../core/model.ts';

/** What a model can be asked for when this program runs it. Never more than both of them can. */
export function capabilitiesUnder(
  engine: EngineKind | undefined,
  { projectorPath }: ModelManifest,
  { capabilities }: ModelFacts,
): ModelCapabilities {
  switch (engine) {
    case 'llama-server':
      return { ...capabilities, vision: projectorPath !== undefined, continuation: false };
    case 'mlx':
      return {
        ...capabilities,
        ...{ vision: false, embedding: false, rerank: false, continuation: false },
      };
    case 'vllm':
      return { ...capabilities, continuation: false };
    case 'llama-cpp':
    case undefined:
      return { ...capabilities, vision: false };
  }
}
