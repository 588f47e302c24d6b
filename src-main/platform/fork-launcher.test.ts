import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createForkLauncher } from './fork-launcher.ts';
import { programFilesAt } from './program-files.ts';

/** Launches a child with this source as its entry. */
function launch(source: string, env?: Record<string, string>) {
  const entryFolder = temporaryFolder();
  writeFileSync(join(entryFolder, 'engine-host.js'), source);
  const launcher = createForkLauncher(programFilesAt(entryFolder));
  return launcher.launch('engine-host', env === undefined ? {} : { env });
}

test('carries structured values both ways and says how the child ended', async () => {
  const child = launch(`process.on('message', (message) => {
    process.send({ back: message, isMap: message.map instanceof Map });
    process.disconnect();
  })`);
  const answer = Promise.withResolvers<unknown>();
  child.onMessage(answer.resolve);
  child.post({ map: new Map([['a', 1]]) });
  expect(await answer.promise).toEqual({ back: { map: new Map([['a', 1]]) }, isMap: true });
  expect(await child.exited).toEqual({ code: 0, signal: null });
});

test('keeps the newest lines of its output, also of a child that dies at once', async () => {
  const child = launch(`const { writeSync } = require('node:fs');
    for (let line = 1; line <= 300; line += 1) writeSync(2, 'line ' + line + '\\n');
    writeSync(2, 'the last words');
    process.kill(process.pid, 'SIGKILL');`);
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const tail = child.outputTail();
  expect(tail).toHaveLength(200);
  expect(tail[0]).toBe('line 102');
  expect(tail.at(-1)).toBe('the last words');
});

test('sets what native code must know before it starts', async () => {
  const child = launch(
    `process.send([process.env.UV_THREADPOOL_SIZE, process.env.CHOSEN, process.execArgv.length]);
     process.disconnect();`,
    { CHOSEN: 'yes' },
  );
  const answer = Promise.withResolvers<unknown>();
  child.onMessage(answer.resolve);
  expect(await answer.promise).toEqual([expect.stringMatching(/^\d+$/), 'yes', 0]);
  await child.exited;
});

test('ends exactly the child, and posting to a dead one does no harm', async () => {
  const child = launch(`setInterval(() => {}, 1000); process.on('message', () => {});`);
  child.kill('SIGKILL');
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  child.post({ type: 'hello' });
});
