import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../../core/http.ts';
import type { FileHasher } from '../hashing/file-hasher.ts';
import type { Bandwidth } from './bandwidth.ts';
import type { DownloadLog, FileLocator } from './ports.ts';
import type { TransferTuning } from './tuning.ts';

/** What every transfer needs from outside. */
export interface TransferEnvironment {
  readonly http: HttpClient;
  readonly locator: FileLocator;
  readonly hasher: FileHasher;
  readonly clock: Clock;
  readonly random: () => number;
  readonly bandwidth: Bandwidth;
  /** Bytes that this user may still write below a folder. */
  readonly freeBytes: (folder: string) => Promise<number>;
  readonly log: DownloadLog;
  readonly tuning: TransferTuning;
}
