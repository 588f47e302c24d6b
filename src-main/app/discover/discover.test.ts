import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { HubModel } from '../../contract/hub.ts';
import { startTestModelHub } from '../../testing/hub/hub-api.ts';
import { tinyRandomModel, writeRandomModel } from '../../testing/random-gguf.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const patient = { timeout: 60_000, interval: 200 };

async function startWithHub() {
  const folder = temporaryFolder();
  const paths = { small: join(folder, 'small.gguf'), large: join(folder, 'large.gguf') };
  writeRandomModel(paths.small, tinyRandomModel);
  writeRandomModel(paths.large, { ...tinyRandomModel, width: 256, feedForward: 1024 });
  const hub = await startTestModelHub({
    models: [
      {
        repo: 'mill/Tiny-GGUF',
        commit: 'a'.repeat(40),
        task: 'text-generation',
        tags: ['gguf'],
        files: new Map([
          ['Tiny-Q4_K_M.gguf', paths.small],
          ['Tiny-Q8_0.gguf', paths.large],
        ]),
      },
    ],
  });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const { control } = await startTestRuntime(join(folder, 'home'), {
    env: { HF_ENDPOINT: hub.origin },
  });
  return { hub, control, paths };
}

test('E3: each quantization is judged by the engine itself before anything is downloaded', async () => {
  const { hub, control, paths } = await startWithHub();
  const page = (): Promise<HubModel> => control.hub.model({ repo: 'mill/Tiny-GGUF' });
  await vi.waitFor(async () => {
    const { variants } = await page();
    expect(variants.map(({ fit }) => fit?.verdict)).toEqual(['fits', 'fits']);
  }, patient);
  const { variants } = await page();
  expect(variants.filter(({ isRecommended }) => isRecommended)).toHaveLength(1);
  const [small, large] = variants.map(({ fit }) => fit?.predictedBytes ?? 0);
  expect(large).toBeGreaterThan(small ?? Infinity);
  // Only headers were asked for: less than the files.
  const sent = hub.requests.reduce((sum, { path, sentBytes }) => sum + (path ? sentBytes : 0), 0);
  expect(sent).toBeLessThan(2_000_000);

  // The same file on this disk is predicted to take the same.
  const recommended = variants.find(({ id }) => id === 'Q8_0');
  const imported = await control.models.import({ path: paths.large });
  const options = {
    contextLength: recommended?.fit?.contextLength ?? 0,
    slots: recommended?.fit?.slots ?? 0,
    cacheType: 'f16' as const,
  };
  const here = await control.models.predict({ id: imported.id, options });
  expect(here.predictedBytes).toBe(recommended?.fit?.predictedBytes);
});
