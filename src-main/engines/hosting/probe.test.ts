import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { modelInspection } from '../../testing/model-inspection.ts';
import { createFakeLauncher } from '../../testing/fake-process.ts';
import type { FakeLauncher } from '../../testing/fake-process.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { FromProbeHost, ToProbeHost } from './host-protocol.ts';
import { HostedProbe } from './probe.ts';
import { patience } from '../../testing/patience.ts';

const never = new AbortController().signal;
const inspection = modelInspection();

let clock: FakeClock;
let launcher: FakeLauncher;
let answer: (question: ToProbeHost) => FromProbeHost | undefined;
let probe: HostedProbe;
let file: string;

beforeEach(() => {
  clock = createFakeClock();
  answer = ({ id }) => ({ type: 'inspected', id, inspection });
  launcher = createFakeLauncher((message, child) => {
    const reply = answer(message as ToProbeHost);
    if (reply !== undefined) child.say(reply);
  });
  probe = new HostedProbe({ launcher, clock });
});

const questions = () => launcher.children.flatMap(({ received }) => received);
const makeFile = (): string => {
  file = join(temporaryFolder(), 'model.gguf');
  writeFileSync(file, 'content');
  return file;
};

describe('HostedProbe', () => {
  test('asks once for the same file and options, and again when either changes', async () => {
    makeFile();
    expect(await probe.inspect(file, {}, never)).toEqual(inspection);
    await probe.inspect(file, {}, never);
    expect(questions()).toHaveLength(1);
    await probe.inspect(file, { slots: 2 }, never);
    expect(questions()).toHaveLength(2);
    writeFileSync(file, 'other content');
    await probe.inspect(file, {}, never);
    expect(questions()).toHaveLength(3);
    expect(launcher.children).toHaveLength(1);
  });

  test('its process ends after ten idle seconds and is started again when needed', async () => {
    makeFile();
    await probe.inspect(file, {}, never);
    await clock.advance(9999);
    expect(launcher.children[0]?.signals).toEqual([]);
    await clock.advance(1);
    expect(launcher.children[0]?.signals).toEqual(['SIGTERM']);
    await probe.inspect(file, { slots: 3 }, never);
    expect(launcher.children).toHaveLength(2);
  });

  test('a verdict about a broken file is remembered', async () => {
    makeFile();
    const error = { code: 'model-load-failed', message: 'It is cut off' } as const;
    answer = ({ id }) => ({ type: 'failed', id, error });
    await expect(probe.inspect(file, {}, never)).rejects.toMatchObject(error);
    await expect(probe.inspect(file, {}, never)).rejects.toMatchObject(error);
    expect(questions()).toHaveLength(1);
  });

  test('a probe that dies fails its question in plain words, and the next one gets a new process', async () => {
    makeFile();
    answer = () => undefined;
    const failed = expect(probe.inspect(file, {}, never)).rejects.toMatchObject({
      code: 'engine-crashed',
      message: expect.stringContaining('native code') as string,
    });
    await vi.waitFor(() => {
      expect(questions()).toHaveLength(1);
    }, patience);
    launcher.children[0]?.exit({ code: null, signal: 'SIGSEGV' });
    await failed;
    answer = ({ id }) => ({ type: 'inspected', id, inspection });
    expect(await probe.inspect(file, {}, never)).toEqual(inspection);
    expect(launcher.children).toHaveLength(2);
  });

  test('a file that keeps the probe busy for ever is given up after two minutes', async () => {
    makeFile();
    answer = () => undefined;
    const failed = expect(probe.inspect(file, {}, never)).rejects.toMatchObject({
      code: 'model-load-failed',
      message: expect.stringContaining('model.gguf could not be looked at') as string,
    });
    await vi.waitFor(() => {
      expect(questions()).toHaveLength(1);
    }, patience);
    await clock.advance(119_999);
    expect(launcher.children[0]?.signals).toEqual([]);
    await clock.advance(1);
    await failed;
    expect(launcher.children[0]?.signals).toEqual(['SIGKILL']);
    // The verdict stays, so that the library does not try again and again.
    await expect(probe.inspect(file, {}, never)).rejects.toThrow('two minutes');
    expect(launcher.children).toHaveLength(1);
  });

  test('whoever gives up leaves the answer to those who still wait', async () => {
    makeFile();
    answer = () => undefined;
    const stop = new AbortController();
    const left = expect(probe.inspect(file, {}, stop.signal)).rejects.toThrow('enough');
    const stays = probe.inspect(file, {}, never);
    await vi.waitFor(() => {
      expect(questions()).toHaveLength(1);
    }, patience);
    stop.abort(new Error('enough'));
    await left;
    launcher.children[0]?.say({ type: 'inspected', id: '1', inspection });
    expect(await stays).toEqual(inspection);
  });

  test('a header is another question than its file', async () => {
    makeFile();
    const header = { parts: [{ path: file, headerBytes: 7, totalBytes: 1000 }] };
    await probe.inspect(file, {}, never);
    await probe.inspectHeader(header, {}, never);
    await probe.inspectHeader(header, {}, never);
    expect(questions()).toMatchObject([{ path: file }, { path: file, header }]);
  });

  test('what accelerators there are is asked anew in a process of its own, which ends', async () => {
    const devices = {
      backend: 'none',
      deviceNames: [],
      totalMemoryBytes: 0,
      unifiedMemoryBytes: 0,
      systemInfo: 'CPU : AVX2 = 1 |',
    } as const;
    answer = ({ id }) => ({ type: 'devices', id, devices });
    expect(await probe.devices(never)).toEqual(devices);
    await probe.devices(never);
    expect(launcher.children.map(({ signals }) => signals)).toEqual([['SIGTERM'], ['SIGTERM']]);
  });

  test('the reading test names its threads', async () => {
    answer = ({ id }) => ({ type: 'read-speed', id, bytesPerSecond: 2e10 });
    expect(await probe.readSpeed(3, never)).toBe(2e10);
    expect(questions()).toMatchObject([{ type: 'read-speed', threads: 3 }]);
  });

  test('other cards need another process: they are chosen before a driver starts', async () => {
    makeFile();
    const card = { name: 'card', vendor: 'nvidia', isMissing: false } as const;
    const environments: unknown[] = [];
    const spied: typeof launcher = {
      children: launcher.children,
      launch(entry, options) {
        environments.push(options?.env?.['CUDA_VISIBLE_DEVICES']);
        return launcher.launch(entry, options);
      },
    };
    probe = new HostedProbe({ launcher: spied, clock, gpus: () => [card, card] });
    await probe.inspect(file, {}, never);
    await probe.inspect(file, { gpus: [1] }, never);
    await probe.inspect(file, { gpus: [1], slots: 2 }, never);
    expect(environments).toEqual([undefined, '1']);
    await clock.advance(10_000);
    expect(launcher.children.every(({ signals }) => signals.includes('SIGTERM'))).toBe(true);
  });

  test('a file that is not there is told with its path', async () => {
    await expect(probe.inspect('/nowhere/model.gguf', {}, never)).rejects.toMatchObject({
      code: 'model-load-failed',
      message: expect.stringContaining('/nowhere/model.gguf') as string,
    });
    expect(launcher.children).toEqual([]);
  });
});
