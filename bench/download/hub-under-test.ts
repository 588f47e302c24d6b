import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bytesSentTwice } from '../../src-main/testing/hub/fetched-twice.ts';
import type { FromHubProcess, ToHubProcess } from '../../src-main/testing/hub/hub-process.ts';
import { projectFolder } from '../support/project.ts';

/** The local hub in a process of its own, with one file. */
export interface HubUnderTest extends AsyncDisposable {
  readonly origin: string;
  /** Limits each answer; undefined: as fast as it goes. */
  pace(bytesPerSecond: number | undefined): Promise<void>;
  forgetRequests(): Promise<void>;
  /** Whether any byte of the file was sent since the requests were forgotten, and how many twice. */
  sent(): Promise<{ readonly bytes: number; readonly twice: number }>;
}

const hubProcessFile = join(projectFolder, 'src-main', 'testing', 'hub', 'hub-process.ts');

export async function startHub(file: {
  readonly repo: string;
  readonly commit: string;
  readonly name: string;
  readonly path: string;
}): Promise<HubUnderTest> {
  const child = fork(hubProcessFile, [file.repo, file.commit, file.name, file.path], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const ask = async (message?: ToHubProcess): Promise<FromHubProcess> => {
    if (message !== undefined) child.send(message);
    const lost = ended.then(() => {
      throw new Error('The process of the hub ended');
    });
    const [answer] = (await Promise.race([once(child, 'message'), lost])) as [FromHubProcess];
    return answer;
  };
  const ready = await ask();
  if (ready.type !== 'ready') throw new Error('The hub did not start');
  return {
    origin: ready.origin,
    async pace(bytesPerSecond) {
      await ask({ type: 'pace', bytesPerSecond });
    },
    async forgetRequests() {
      await ask({ type: 'forget' });
    },
    async sent() {
      const answer = await ask({ type: 'requests' });
      const ranges = answer.type === 'requests' ? answer.sent : [];
      const bytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
      return { bytes, twice: bytesSentTwice(ranges) };
    },
    async [Symbol.asyncDispose]() {
      // Ctrl+C reaches it too: it may be gone already.
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
