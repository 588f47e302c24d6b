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
    });
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
    });
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
    });
    stop.abort(new Error('enough'));
    await left;
    launcher.children[0]?.say({ type: 'inspected', id: '1', inspection });
    expect(await stays).toEqual(inspection);
  });

  test('a file that is not there is told with its path', async () => {
    await expect(probe.inspect('/nowhere/model.gguf', {}, never)).rejects.toMatchObject({
      code: 'model-load-failed',
      message: expect.stringContaining('/nowhere/model.gguf') as string,
    });
    expect(launcher.children).toEqual([]);
  });
});
