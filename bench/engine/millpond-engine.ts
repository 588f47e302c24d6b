import { join } from 'node:path';
import { newId } from '../../src-main/core/identity.ts';
import type { CanonicalInput, InferenceRequest } from '../../src-main/core/inference.ts';
import type { ModelManifest } from '../../src-main/core/model.ts';
import type { InferenceEngine } from '../../src-main/engines/engine.ts';
import { createHostedEngineFactory } from '../../src-main/engines/hosting/hosted-engine-factory.ts';
import { createForkLauncher } from '../../src-main/platform/fork-launcher.ts';
import { programFilesAt } from '../../src-main/platform/program-files.ts';
import { systemClock } from '../../src-main/platform/system-clock.ts';
import { projectFolder } from '../support/project.ts';
import { AnswerRecorder } from './contestant.ts';
import type { AnswerRecord, Contestant, EngineShape, Generation, Prompt } from './contestant.ts';

/** A Millpond engine process on one thread, as the runtime starts it. */
export async function loadEngine(
  model: ModelManifest,
  shape: EngineShape,
  signal: AbortSignal,
): Promise<InferenceEngine> {
  const factory = createHostedEngineFactory({
    launcher: createForkLauncher(programFilesAt(join(projectFolder, 'src-main'))),
    clock: systemClock,
    defaultThreads: 1,
  });
  return factory.load({
    model,
    options: { ...shape, threads: 1, gpuLayers: 0 },
    onProgress: () => {},
    signal,
  });
}

/** Millpond as a contestant: through its engine process, without gateway and HTTP. */
export async function startMillpond(
  model: ModelManifest,
  shape: EngineShape,
  signal: AbortSignal,
): Promise<Contestant> {
  const engine = await loadEngine(model, shape, signal);
  return {
    name: 'Millpond',
    generate: (generation) => generateOn(engine, generation),
    [Symbol.asyncDispose]: () => engine.dispose(),
  };
}

/** Asks one engine and notes when what arrived. */
export async function generateOn(
  engine: InferenceEngine,
  generation: Generation,
): Promise<AnswerRecord> {
  const recorder = new AnswerRecorder(generation);
  const { signal } = generation;
  try {
    for await (const chunk of engine.infer(greedyRequest(generation), { signal })) {
      if (chunk.type === 'text') recorder.arrived(chunk.tokens?.length ?? 0, chunk.text);
      if (chunk.type === 'finish') return recorder.record(chunk.usage);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return recorder.record();
}

/** The most likely token each time: the same work in every run. */
export function greedyRequest({ maxTokens, prompt }: Generation): InferenceRequest {
  return {
    envelope: {
      requestId: newId(),
      model: 'benchmark',
      tenant: 'benchmark',
      caller: 'benchmark',
      priority: 5,
      privacy: 'this-machine',
      marks: [],
    },
    input: inputOf(prompt, maxTokens),
  };
}

function inputOf(prompt: Prompt, maxTokens: number): CanonicalInput {
  const common = { sampling: { temperature: 0 }, maxTokens, stop: [], choices: 1 };
  const format = { type: 'text' } as const;
  if ('tokens' in prompt) {
    return { task: 'completion', prompt: prompt.tokens, echo: false, format, ...common };
  }
  return {
    task: 'chat',
    messages: prompt.messages.map(({ role, text }) =>
      role === 'user' ? { role, content: [{ type: 'text', text }] } : { role, text },
    ),
    tools: [],
    toolChoice: 'auto',
    parallelToolCalls: true,
    format,
    reasoning: 'auto',
    ...common,
  };
}
