import { newId } from '../../core/identity.ts';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { createScriptedBackend } from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';
import type { Caller } from '../caller.ts';
import { composePipeline } from '../pipeline/pipeline.ts';
import type { PipelineStage, RequestContext } from '../pipeline/pipeline.ts';

export const keyCaller = (keyId: string, more: Partial<Caller> = {}): Caller => ({
  ...{ personId: 'p', scope: { pools: [] } },
  ...more,
  ...{ kind: 'key', keyId, name: keyId },
});

/** A stage in front of a backend that says what its script says. */
export function openStage(
  make: (clock: ReturnType<typeof createFakeClock>) => PipelineStage,
  script: (request: InferenceRequest) => Iterable<ScriptStep>,
) {
  const clock = createFakeClock();
  const backend = createScriptedBackend(script);
  const run = composePipeline([make(clock)], ({ request, signal }) =>
    backend.infer(request, { signal }),
  );
  const ask = (more: Partial<RequestContext> = {}) =>
    run({
      request: chatRequest('Hi', { envelope: { requestId: newId() } }),
      caller: keyCaller('k1'),
      signal: new AbortController().signal,
      receivedAt: clock.now(),
      client: 'test',
      path: '/v1/chat/completions',
      streamed: true,
      ...more,
    });
  return { clock, backend, ask };
}

export async function textOf(chunks: AsyncIterable<InferenceChunk>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) if (chunk.type === 'text') text += chunk.text;
  return text;
}

/** What the head of an answer says about where it comes from. */
export async function cacheHeader(chunks: AsyncIterable<InferenceChunk>): Promise<unknown> {
  let said: unknown;
  for await (const chunk of chunks) {
    if (chunk.type === 'head') said = chunk.headers['x-millpond-cache'];
  }
  return said;
}
