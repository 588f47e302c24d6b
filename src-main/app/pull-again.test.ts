import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { heron, hubWith, listed, pulled, pulledId, runtimeAt } from '../testing/pull-fixture.ts';
import { startTestRuntime } from '../testing/start-test-runtime.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

test('a model that was deleted a moment ago and is pulled again stays', async () => {
  const hub = await hubWith(heron().model);
  const { control } = await runtimeAt(hub);
  await listed(control, (await pulled(control)).id);
  await control.models.remove({ id: pulledId, force: false, undo: true });
  expect((await control.models.list({})).models.map(({ id }) => id)).not.toContain(pulledId);
  const again = await pulled(control);
  expect(await listed(control, again.id)).toBe(pulledId);
  await expect(control.models.restore({ id: pulledId })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('a model that arrived just before a crash is taken into the library at the next start', async () => {
  const hub = await hubWith(heron().model);
  const home = temporaryFolder();
  const env = { HF_ENDPOINT: hub.origin };
  const first = await startTestRuntime(home, { env });
  const { id } = await pulled(first.control);
  await listed(first.control, id);
  await first.runtime.stop();
  forgetWhatItBecame(home);
  const { control } = await startTestRuntime(home, { env });
  expect(await listed(control, id)).toBe(pulledId);
  const { origin } = await control.models.get({ name: pulledId });
  expect(origin).toMatchObject({ repo: 'pond/Heron-GGUF' });
});

/** As if the program had ended between the last byte and the library's own notes. */
function forgetWhatItBecame(home: string): void {
  rmSync(join(home, 'origins.json'));
  const folder = join(home, 'downloads');
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const { modelId: _, ...record } = JSON.parse(readFileSync(file, 'utf8')) as {
      modelId: string;
    };
    writeFileSync(file, JSON.stringify(record));
  }
}
