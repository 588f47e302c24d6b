import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { MillpondError } from '../../core/error.ts';

const cost = { logN: 15, r: 8, p: 1 } as const;
const saltBytes = 16;
const hashBytes = 32;
/** scrypt takes 128 · N · r bytes; what a hash from elsewhere may claim is bounded by it. */
const maxMemoryBytes = 64 * 1024 * 1024;
/** Each takes 32 MiB and most of a core for 80 ms: strangers may not fill the machine with them. */
const atOnce = 2;
const maxWaiting = 32;

/** Turns passwords into what may be stored, a few at a time. */
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** `scrypt$15$8$1$salt$hash`, both base64url: the cost travels along, so that it can be raised. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    const hash = await this.derive(password, salt, cost);
    const { logN, r, p } = cost;
    return ['scrypt', logN, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
  }

  /**
   * Whether the password is the one behind the hash. Takes as long without a hash, so that nobody
   * learns by the clock which names exist. Rejects with `rate-limited` when too many are checked.
   */
  async matches(password: string, stored: string | undefined): Promise<boolean> {
    const known = stored === undefined ? undefined : parse(stored);
    const { salt, hash, ...costs } = known ?? { ...cost, ...nobody };
    const derived = await this.derive(password, salt, costs);
    return timingSafeEqual(derived, hash) && known !== undefined;
  }

  private async derive(password: string, salt: Uint8Array, costs: Cost): Promise<Buffer> {
    await this.enter();
    try {
      return await derive(password, salt, costs);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  private async enter(): Promise<void> {
    if (this.running >= atOnce) {
      if (this.waiting.length >= maxWaiting) {
        throw new MillpondError(
          'rate-limited',
          'Too many people sign in at the moment; try again in a few seconds',
          { retryAfterMs: 2000 },
        );
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running += 1;
  }
}

const nobody = { salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) };

interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

function parse(stored: string): Cost & { readonly salt: Buffer; readonly hash: Buffer } {
  const [kind, logN, r, p, salt, hash] = stored.split('$');
  const bytes = Buffer.from(hash ?? '', 'base64url');
  if (kind !== 'scrypt' || bytes.length !== hashBytes) {
    throw new MillpondError('internal', 'A stored password cannot be read; set it again');
  }
  return {
    ...{ logN: Number(logN), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt ?? '', 'base64url'),
    hash: bytes,
  };
}

function derive(password: string, salt: Uint8Array, { logN, r, p }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N: 2 ** logN, r, p, maxmem: maxMemoryBytes };
    // The same characters typed on another system may be composed differently.
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
