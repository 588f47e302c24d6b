import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import { systemClock } from '../platform/system-clock.ts';
import { FileHasher } from './hashing/file-hasher.ts';
import { silentLogger } from '../platform/logger.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createLibrary, gguf, put, settled, sha256, someFacts } from './library.fixture.ts';
import type { LibraryFixtureOptions } from './library.fixture.ts';
import { join } from 'node:path';
import type { ModelCheck } from './verify.ts';
import { ModelChecks } from './verify.ts';
import type { DamagedFile } from './ports.ts';
import { putOllamaModel } from './stores/ollama.fixture.ts';

const content = gguf('x'.repeat(1000));
const blockBytes = 100;
const clock = createFakeClock();
const at = clock.now();

interface Options extends LibraryFixtureOptions {
  readonly repair?: (file: DamagedFile) => void;
}

function open(options: Options = {}) {
  const fixture = createLibrary(options);
  const { library } = fixture;
  const asked: DamagedFile[] = [];
  const checks = new ModelChecks({
    ...{ library, clock, logger: silentLogger, hasher: library.deps.hasher },
    inspector: library.deps.inspector,
    repairer: {
      repair: (file, { onProgress }) => {
        asked.push(file);
        return Promise.resolve().then(() => {
          onProgress?.(1);
          options.repair?.(file);
        });
      },
    },
  });
  onTestFinished(() => checks.dispose());
  /** Every phase that was announced, and what came of it. */
  async function run(work: () => void, id: string): Promise<readonly (ModelCheck | undefined)[]> {
    const seen: (ModelCheck | undefined)[] = [];
    const leave = library.on('changed', (changed) => {
      if (changed === id) seen.push(checks.of(id));
    });
    work();
    await checks.settled();
    leave();
    return seen;
  }
  return { ...fixture, checks, asked, run };
}

/** Puts a file that was fetched, with everything that is known about it. */
async function fetch(fixture: ReturnType<typeof open>, hasBlocks = true): Promise<string> {
  const { library, modelsFolder } = fixture;
  const path = put(modelsFolder, 'tiny-Q4_0.gguf', content);
  const checks = [...(await library.deps.hasher.blocks(path, blockBytes, {}))];
  await library.recordFinished({
    ...{ repo: 'ada/tiny', commit: 'abc', endpoint: 'https://hub' },
    files: [
      {
        ...{ path, repoPath: 'q/tiny.gguf', sizeBytes: content.length, sha256: sha256(content) },
        ...(hasBlocks && { blocks: { sizeBytes: blockBytes, checks } }),
      },
    ],
  });
  await settled(library);
  return path;
}

function damage(path: string, ...places: readonly number[]): void {
  const bytes = readFileSync(path);
  for (const place of places) bytes[place] = 0;
  writeFileSync(path, bytes);
}

test('a whole file is sound, known to be so, and progress is told', async () => {
  const fixture = open();
  await fetch(fixture);
  const seen = await fixture.run(() => {
    fixture.checks.verify('tiny');
  }, 'tiny:Q4_0');
  expect(seen).toEqual([
    { phase: 'checking', share: 0 },
    { phase: 'checking', share: 1 },
    { phase: 'sound', at, isKnown: true },
  ]);
});

test('damage is found to the block, and only that is fetched again', async () => {
  const fixture = open({
    repair: ({ path }) => {
      writeFileSync(path, content);
    },
  });
  const path = await fetch(fixture);
  damage(path, 250, 1010);
  const { checks, run, asked } = fixture;
  await run(() => {
    checks.verify('tiny');
  }, 'tiny:Q4_0');
  const badBytes = 100 + (content.length - 1000);
  expect(checks.of('tiny:Q4_0')).toEqual({ phase: 'damaged', at, badBytes, canRepair: true });
  await run(() => {
    checks.repair('tiny');
  }, 'tiny:Q4_0');
  expect(asked).toEqual([
    {
      path,
      address: { repo: 'ada/tiny', commit: 'abc', path: 'q/tiny.gguf' },
      sizeBytes: content.length,
      sha256: sha256(content),
      badRanges: [
        { start: 200, end: 300 },
        { start: 1000, end: content.length },
      ],
    },
  ]);
  expect(checks.of('tiny:Q4_0')).toEqual({ phase: 'sound', at, isKnown: true });
});

test('the hasher of the program finds the same', async () => {
  const workerFile = join(import.meta.dirname, '../hash-worker.ts');
  const hasher = new FileHasher({ workerFile, clock: systemClock });
  onTestFinished(() => hasher.dispose());
  const fixture = open({ hasher });
  damage(await fetch(fixture), 250);
  await fixture.run(() => {
    fixture.checks.verify('tiny');
  }, 'tiny:Q4_0');
  expect(fixture.checks.of('tiny:Q4_0')).toMatchObject({ phase: 'damaged', badBytes: 100 });
});

test('a repair that fails says why, and may be tried again', async () => {
  const fixture = open({
    repair: () => {
      throw new MillpondError('unavailable', 'The hub cannot be reached; try again later');
    },
  });
  damage(await fetch(fixture), 250);
  const { checks, run } = fixture;
  await run(() => {
    checks.verify('tiny');
  }, 'tiny:Q4_0');
  for (let attempt = 1; attempt <= 2; attempt++) {
    await run(() => {
      checks.repair('tiny');
    }, 'tiny:Q4_0');
    expect(checks.of('tiny:Q4_0')).toMatchObject({
      phase: 'damaged',
      problem: 'The hub cannot be reached; try again later',
    });
    expect(fixture.asked).toHaveLength(attempt);
  }
});

test('without block checks, or with a wrong length, only a new download helps', async () => {
  const fixture = open();
  const path = await fetch(fixture, false);
  const { checks, run } = fixture;
  damage(path, 250);
  await run(() => {
    checks.verify('tiny');
  }, 'tiny:Q4_0');
  const badBytes = content.length;
  expect(checks.of('tiny:Q4_0')).toEqual({ phase: 'damaged', at, badBytes, canRepair: false });
  expect(() => {
    checks.repair('tiny');
  }).toThrow('tiny Q4_0 cannot be repaired: delete it and download it again');
  truncateSync(path, 500);
  await run(() => {
    checks.verify('tiny');
  }, 'tiny:Q4_0');
  expect(checks.of('tiny:Q4_0')).toMatchObject({ phase: 'damaged', canRepair: false });
});

test('where nothing says what it should be, a readable and whole file is sound, but not known', async () => {
  const fixture = open();
  put(fixture.modelsFolder, 'own.gguf');
  await settled(fixture.library);
  const seen = await fixture.run(() => {
    fixture.checks.verify('own');
  }, 'own');
  expect(seen.at(-1)).toEqual({ phase: 'sound', at, isKnown: false });
});

test('where nothing says so either, the engine notices that it was cut', async () => {
  let isCut = false;
  const fixture = open({
    inspect: (path) => {
      if (!isCut || !path.includes('own')) return someFacts;
      throw new MillpondError('model-load-failed', 'own.gguf is incomplete');
    },
  });
  put(fixture.modelsFolder, 'own.gguf');
  await settled(fixture.library);
  isCut = true;
  await fixture.run(() => {
    fixture.checks.verify('own');
  }, 'own');
  expect(fixture.checks.of('own')).toMatchObject({ phase: 'damaged', canRepair: false });
});

test('the names of blobs say what they should be', async () => {
  const fixture = open({ usedStores: ['ollama'] });
  const folder = join(fixture.home, '.ollama/models');
  putOllamaModel(folder, 'registry.ollama.ai/library/tiny/1b', { model: content });
  await settled(fixture.library);
  const verify = () =>
    fixture.run(() => {
      fixture.checks.verify('tiny:1b');
    }, 'tiny:1b');
  expect((await verify()).at(-1)).toEqual({ phase: 'sound', at, isKnown: true });
  damage(join(folder, 'blobs', `sha256-${sha256(content)}`), 700);
  expect((await verify()).at(-1)).toMatchObject({ phase: 'damaged', canRepair: false });
});

test('nothing is repaired that was not found damaged', async () => {
  const fixture = open();
  await fetch(fixture);
  expect(() => {
    fixture.checks.repair('tiny');
  }).toThrow('tiny Q4_0 has no known damage; verify it first');
  expect(() => {
    fixture.checks.verify('nobody');
  }).toThrow('There is no model nobody on this machine');
});
