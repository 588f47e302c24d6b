import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../core/clock.ts';
import type { ModelFacts, StoreKind } from '../core/model.ts';
import { silentLogger } from '../platform/logger.ts';
import { systemClock } from '../platform/system-clock.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { ModelLibrary } from './model-library.ts';
import type { ContentHasher } from './ports.ts';

export const bundledFolder = join(import.meta.dirname, '../../resources/models');
export const guide = join(bundledFolder, 'guide', 'guide-q8_0.gguf');
export const someFacts: ModelFacts = {
  architecture: 'llama',
  trainedContextLength: 2048,
  capabilities: new FakeEngine().facts.capabilities,
};

/** A file that passes for a GGUF at first sight; files with different texts are different models. */
export function gguf(text: string): Buffer {
  const header = Buffer.alloc(24);
  header.write('GGUF');
  header.writeUInt32LE(3, 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Writes a file with its folders and returns its path. Without content it is a GGUF of its own. */
export function put(folder: string, path: string, content: string | Buffer = gguf(path)): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** Reads at once what the real one reads in its worker. */
export const plainHasher: ContentHasher = {
  digest(paths, { signal, onProgress }) {
    return Promise.resolve().then(() => {
      signal?.throwIfAborted();
      const content = Buffer.concat(paths.map((path) => readFileSync(path)));
      onProgress?.(content.length);
      return sha256(content);
    });
  },
  blocks(path, blockBytes) {
    const content = readFileSync(path);
    const count = Math.ceil(content.length / blockBytes);
    const block = (at: number): Buffer => content.subarray(at * blockBytes, (at + 1) * blockBytes);
    return Promise.resolve(Array.from({ length: count }, (_, at) => sha256(block(at)).slice(0, 8)));
  },
};

export interface LibraryFixtureOptions {
  readonly home?: string;
  readonly folders?: readonly string[];
  readonly usedStores?: readonly StoreKind[];
  /** Throws for a file that cannot be used. */
  readonly inspect?: (path: string) => ModelFacts;
  readonly clock?: Clock;
  readonly hasher?: ContentHasher;
  readonly isArriving?: (path: string) => boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface LibraryFixture {
  readonly library: ModelLibrary;
  /** Stands for a person's home and for the data folder. */
  readonly home: string;
  readonly modelsFolder: string;
  /** Paths in the order in which they were probed. */
  readonly inspected: readonly string[];
}

/** A library in a temporary home, not started; it is closed when the test has finished. */
export function createLibrary(options: LibraryFixtureOptions = {}): LibraryFixture {
  const home = options.home ?? temporaryFolder();
  const modelsFolder = join(home, 'models');
  mkdirSync(modelsFolder, { recursive: true });
  const inspected: string[] = [];
  const inspect = options.inspect ?? ((): ModelFacts => someFacts);
  const library = new ModelLibrary({
    ...{ bundledFolder, modelsFolder, logger: silentLogger },
    hasher: options.hasher ?? plainHasher,
    cacheFile: join(home, 'cache.json'),
    originsFile: join(home, 'origins.json'),
    listsFile: join(home, 'lists.json'),
    surroundings: {
      platform: 'linux',
      env: options.env ?? {},
      homeFolder: home,
      systemRoot: join(home, 'root'),
    },
    inspector: {
      inspect(path) {
        inspected.push(path);
        return new Promise((resolve) => {
          resolve({ facts: inspect(path) });
        });
      },
    },
    clock: options.clock ?? systemClock,
    ...(options.folders && { folders: options.folders }),
    ...(options.usedStores && { usedStores: options.usedStores }),
    ...(options.isArriving && { isArriving: options.isArriving }),
  });
  onTestFinished(() => library.dispose());
  return { library, home, modelsFolder, inspected };
}

/** Starts it and waits until everything was studied. */
export async function settled(library: ModelLibrary): Promise<ModelLibrary> {
  await library.start();
  await library.settled();
  return library;
}
