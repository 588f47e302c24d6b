import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startTestRuntime } from '../testing/start-test-runtime.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

/** A small disk of its own for the data folder; undefined where this machine allows no mounting. */
function mountSmallDisk(): string | undefined {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined; // Containers often forbid it.
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
  });
  return folder;
}

/** Leaves no byte free; returns how to make room again. */
function fillUp(folder: string): () => void {
  const file = join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(file, Buffer.alloc(bavail * bsize));
  return () => {
    rmSync(file);
  };
}

test.runIf(mayMount)(
  'a full disk is one clear sentence, nothing crashes, and room heals it',
  async (context) => {
    const home = mountSmallDisk();
    if (home === undefined) {
      context.skip('this machine allows no mounting');
      return;
    }
    const { control, complete } = await startTestRuntime(home);
    const { id } = await control.chats.create({});
    const send = (text: string) =>
      control.chats.send({ id, parentId: null, text, attachmentIds: [], model: 'guide' });
    const makeRoom = fillUp(home);
    // Long enough that it fits in no page that the database has already.
    await expect(send('Hello '.repeat(20_000))).rejects.toMatchObject({
      code: 'storage-full',
      message: expect.stringMatching(
        /^[^\n]*(?:full|Free some space|free some space)[^\n]*$/,
      ) as string,
    });
    expect((await control.chats.get({ id })).messages).toEqual([]);
    const api = { model: 'guide', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 2 };
    expect((await complete(api)).status).toBe(200);

    makeRoom();
    await send('Hello');
    const status = async () => {
      const answer = (await control.chats.get({ id })).messages.find(
        ({ role }) => role === 'assistant',
      );
      return answer?.role === 'assistant' ? answer.status : undefined;
    };
    await expect.poll(status).toBe('done');
  },
);
