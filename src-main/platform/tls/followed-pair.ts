import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { readCertificatePair } from './certificate-pair.ts';
import type { CertificatePair, PairFiles } from './certificate-pair.ts';

interface FollowedPairDeps {
  readonly files: PairFiles;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** Throws where no server can be opened with it. */
  readonly check: (pair: CertificatePair) => void;
  readonly onChanged: () => void;
  /** The files say something else, and it cannot be used: one sentence, once for each sentence. */
  readonly onRefused: (message: string) => void;
}

/** Certificates are renewed every few weeks; the files are small. */
const lookEveryMs = 10_000;

/** A certificate that somebody else renews in its files. What cannot be used leaves the last good one. */
export class FollowedPair {
  private readonly deps: FollowedPairDeps;
  private pair: CertificatePair;
  private refusal: string | undefined;
  private cancelLook: () => void = () => {};
  private isClosed = false;

  private constructor(deps: FollowedPairDeps, first: CertificatePair) {
    this.deps = deps;
    this.pair = first;
    this.lookLater();
  }

  /** Rejects with one sentence where the files cannot be used from the start. */
  static async open(deps: FollowedPairDeps): Promise<FollowedPair> {
    return new FollowedPair(deps, await read(deps));
  }

  get current(): CertificatePair {
    return this.pair;
  }

  close(): void {
    this.isClosed = true;
    this.cancelLook();
  }

  private lookLater(): void {
    if (this.isClosed) return;
    this.cancelLook = this.deps.clock.after(lookEveryMs, () => {
      void this.look().finally(() => {
        this.lookLater();
      });
    });
  }

  private async look(): Promise<void> {
    const { onChanged, onRefused } = this.deps;
    try {
      const next = await read(this.deps);
      this.refusal = undefined;
      if (this.isClosed || (next.cert === this.pair.cert && next.key === this.pair.key)) return;
      this.pair = next;
      onChanged();
    } catch (error) {
      const { message } = MillpondError.from(error);
      if (message === this.refusal) return;
      this.refusal = message;
      onRefused(message);
    }
  }
}

async function read({ files, clock, check }: FollowedPairDeps): Promise<CertificatePair> {
  const pair = await readCertificatePair(files, clock.now());
  check(pair);
  return pair;
}
