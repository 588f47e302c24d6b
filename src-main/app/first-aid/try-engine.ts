import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/identity.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import type { ModelManifest } from '../../core/model.ts';
import { createHostedEngineFactory } from '../../engines/hosting/hosted-engine-factory.ts';
import type { ProcessLauncher } from '../../platform/process-launcher.ts';

interface TryEngineDeps {
  readonly launcher: ProcessLauncher;
  readonly clock: Clock;
  readonly defaultThreads: number;
}

/**
 * Starts an engine of its own with a model, waits for one token and ends it. Rejects with what a person
 * would read who loads that model.
 */
export async function tryEngine(
  deps: TryEngineDeps,
  model: ModelManifest,
  signal: AbortSignal,
): Promise<void> {
  const factory = createHostedEngineFactory(deps);
  const options = { contextLength: 512, slots: 1 };
  const engine = await factory.load({ model, options, onProgress: () => {}, signal });
  try {
    for await (const chunk of engine.infer(hello(model.id), { signal })) {
      if (chunk.type === 'text') return;
    }
    throw new MillpondError('engine-crashed', `${model.name} loads and answers nothing`);
  } finally {
    await engine.dispose();
  }
}

function hello(model: string): InferenceRequest {
  return {
    envelope: {
      ...{ requestId: newId(), model, tenant: 'first-aid', caller: 'first-aid' },
      ...{ priority: 5, privacy: 'this-machine', marks: [] },
    },
    input: {
      task: 'chat',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
      ...{ tools: [], toolChoice: 'auto', parallelToolCalls: true, stop: [], choices: 1 },
      ...{ format: { type: 'text' }, reasoning: 'auto' },
      sampling: { temperature: 0 },
      maxTokens: 1,
    },
  };
}
