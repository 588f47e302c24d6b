import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { type ErrorCode, MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import { Bandwidth } from '../../models/download/bandwidth.ts';
import { freeBytesAt, requireSpace } from '../../models/download/disk-space.ts';
import { FileDownload, identityOf } from '../../models/download/file-download.ts';
import { partPaths, readPartProgress, removePart } from '../../models/download/part-file.ts';
import { SpeedMeter } from '../../models/download/speed-meter.ts';
import type { TransferEnvironment } from '../../models/download/transfer-environment.ts';
import { standardTuning, type TransferTuning } from '../../models/download/tuning.ts';
import type { FileHasher } from '../../models/hashing/file-hasher.ts';
import { explainFileError } from '../../platform/file-error.ts';
import type { FetchProgress, PackageFetcher, PackageFile, UpdateLog } from '../../updates/ports.ts';

interface PackageFetcherDeps {
  /** Where packages lie until they are installed. */
  readonly folder: string;
  readonly http: HttpClient;
  readonly hasher: FileHasher;
  readonly clock: Clock;
  readonly random: () => number;
  /** What all downloads together may take; 0: no limit. */
  readonly bytesPerSecond: () => number;
  readonly log: UpdateLog;
  readonly tuning?: TransferTuning;
}

const progressMs = 500;

/** Fetches packages with the transfers of the model library: an update is one more large file. */
export function createPackageFetcher(deps: PackageFetcherDeps): PackageFetcher {
  return {
    async fetch(file, { signal, onProgress }) {
      const target = join(deps.folder, file.sha256.slice(0, 16), file.name);
      const address = { repo: 'millpond', commit: file.sha256, path: file.name };
      const wanted = { path: file.name, sizeBytes: file.sizeBytes, sha256: file.sha256 };
      const environment = environmentFor(file, deps);
      removeOthers(deps.folder, dirname(target));
      const identity = identityOf(address, wanted, environment.tuning.blockBytes);
      const alreadyBytes = await readPartProgress(target, identity);
      requireSpace(
        { name: file.name, missingBytes: file.sizeBytes - alreadyBytes },
        await freeBytesAt(deps.folder),
      );
      const speed = new SpeedMeter();
      const transfer = new FileDownload({
        ...{ address, file: wanted, target, environment },
        onArrived: (bytes) => {
          speed.add(bytes, deps.clock.monotonic());
        },
      });
      const stopTelling = tellProgress(deps.clock, speed, transfer, onProgress);
      try {
        return (await transfer.run(signal)).path;
      } catch (thrown) {
        signal.throwIfAborted();
        const error = inWords(MillpondError.from(thrown), file);
        // Bytes that are not what was signed are of no use to a second try.
        if (error.reason === 'update-content') await removePart(target);
        throw error;
      } finally {
        stopTelling();
      }
    },
  };
}

function environmentFor(file: PackageFile, deps: PackageFetcherDeps): TransferEnvironment {
  const { http, hasher, clock, random, log, bytesPerSecond, tuning = standardTuning } = deps;
  return {
    ...{ http, hasher, clock, random, log, tuning },
    locator: {
      locate: () => ({ url: file.url, headers: {} }),
      onChanged: () => () => {},
    },
    bandwidth: new Bandwidth(clock, bytesPerSecond),
    freeBytes: freeBytesAt,
  };
}

function tellProgress(
  clock: Clock,
  speed: SpeedMeter,
  transfer: FileDownload,
  onProgress: (progress: FetchProgress) => void,
): () => void {
  let cancel = (): void => {};
  const tell = (): void => {
    const bytesPerSecond = speed.bytesPerSecond(clock.monotonic());
    onProgress({
      doneBytes: transfer.doneBytes,
      ...(bytesPerSecond !== undefined && { bytesPerSecond }),
    });
    cancel = clock.after(progressMs, tell);
  };
  cancel = clock.after(progressMs, tell);
  return () => {
    cancel();
  };
}

/** Only one package is wanted at a time; what lies there of another is of no use any more. */
function removeOthers(folder: string, wanted: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (path !== wanted) rmSync(path, { recursive: true, force: true });
    }
  } catch (error) {
    throw explainFileError(error, 'use', folder);
  }
}

const definite: ReadonlySet<ErrorCode> = new Set([
  'conflict',
  'forbidden',
  'not-found',
  'model-not-found',
  'unauthenticated',
]);

/** The library's sentences speak of models and their hub. */
function inWords(error: MillpondError, { name, url }: PackageFile): MillpondError {
  if (!definite.has(error.code) || error.reason === 'local-only') return error;
  const { host } = new URL(url);
  if (error.code === 'conflict' && !error.message.includes(partPaths(name).part)) {
    return new MillpondError(
      'conflict',
      `${host} does not give the ${name} that was signed, so it was thrown away; try again later or on another network`,
      { cause: error, reason: 'update-content' },
    );
  }
  return new MillpondError(
    'unavailable',
    `${host} does not give ${name}; look for updates again later`,
    { cause: error },
  );
}
