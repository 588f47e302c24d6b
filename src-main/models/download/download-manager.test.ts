import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTestDownloads, randomContent } from '../../testing/hub/open-test-downloads.ts';

test('brings a file to its place, proved', async () => {
  const content = randomContent(1_000_003);
  const { downloads, events, folder, reach, request } = await openTestDownloads({
    'a.gguf': content,
  });
  const { id } = await downloads.start(request(['a.gguf']));
  const done = await reach(id, 'done', 'failed');
  expect(done).toMatchObject({ state: 'done', doneBytes: content.length });
  expect(readFileSync(join(folder, 'a.gguf')).equals(content)).toBe(true);
  expect(events.filter(({ name }) => name === 'finished')).toHaveLength(1);
});
