import { createLlamaServer } from './llama-server.ts';
import { createMlxLm } from './mlx-lm.ts';
import type { Sidecar, SidecarDeps } from './sidecar.ts';
import { createVllm } from './vllm.ts';

/** Every program that Millpond knows how to start, in the order in which they are preferred. */
export function createSidecars(deps: SidecarDeps): readonly Sidecar[] {
  return [createLlamaServer(deps), createMlxLm(deps), createVllm(deps)];
}
