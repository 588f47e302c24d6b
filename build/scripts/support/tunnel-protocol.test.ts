import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../src-main/testing/temporary-folder.ts';
import { checkProtocol, protoFolder, whyNoBuf } from './tunnel-protocol.ts';

const missing = await whyNoBuf();
const protoFile = join('millpond', 'tunnel', 'v1', 'tunnel.proto');

/** A copy of the protocol in which one piece of text is another. */
async function changed(from: string, to: string): Promise<string> {
  const folder = join(temporaryFolder(), 'proto');
  await cp(protoFolder, folder, { recursive: true });
  const file = join(folder, protoFile);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
  return folder;
}

test.skipIf(missing)('the protocol as it is passes', async () => {
  expect(await checkProtocol()).toEqual({ passed: true, output: '' });
});

test.skipIf(missing)('a field that older builds still send cannot be removed', async () => {
  const verdict = await checkProtocol(await changed('  string device_name = 4;\n', ''));
  expect(verdict.passed).toBe(false);
  expect(verdict.output).toMatch(/device_name/);
});

test.skipIf(missing)('a field cannot change its type', async () => {
  const verdict = await checkProtocol(await changed('uint64 epoch = 2;', 'string epoch = 2;'));
  expect(verdict.passed).toBe(false);
  expect(verdict.output).toMatch(/epoch/);
});

test.skipIf(missing)(
  'a field that was added passes but for the code that was not generated',
  async () => {
    const verdict = await checkProtocol(
      await changed('uint32 choice = 4;', 'uint32 choice = 4; string mood = 5;'),
    );
    expect(verdict).toMatchObject({
      passed: false,
      output: expect.stringMatching(/npm run proto/) as string,
    });
  },
);
