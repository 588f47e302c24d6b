import type { LoadOptions, ModelManifest } from '../../src-main/core/model.ts';
import { postJson } from '../support/event-stream.ts';
import { serveRuntime } from './served-runtime.ts';
import type { ServedRuntime } from './served-runtime.ts';

/** What the generated model is called in a runtime under test. */
export const modelName = 'benchmark';

/** A runtime whose only loaded model is the given one. */
export async function serveWithBenchmarkModel(
  model: ModelManifest,
  options: LoadOptions,
): Promise<ServedRuntime> {
  const runtime = await serveRuntime({ model, loadAtStart: false });
  try {
    await runtime.control.models.load({ id: modelName, options: { ...options, threads: 1 } });
    // The first answer comes when the model is loaded.
    const messages = [{ role: 'user', content: 'hello' }];
    await postJson(runtime.chat, { model: modelName, messages, max_tokens: 1 });
    return runtime;
  } catch (error) {
    await runtime[Symbol.asyncDispose]();
    throw error;
  }
}
