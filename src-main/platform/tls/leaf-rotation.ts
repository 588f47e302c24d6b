import type { Clock } from '../../core/clock.ts';
import type { Authority } from './authority.ts';
import { issueLeaf, leafLifeMs } from './leaf.ts';
import type { Leaf } from './leaf.ts';

interface LeafRotationDeps {
  readonly authority: Authority;
  /** Host names and addresses as they are now; asked again at every look. */
  readonly names: () => readonly string[];
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** A new certificate: hand it to running servers with `setSecureContext`. */
  readonly onRotated: (leaf: Leaf) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Renewed with a third of its life left: a month for whoever was switched off. */
const renewWithLeftMs = leafLifeMs / 3;
/** A computer that slept wakes up late, so it looks at the date instead of sleeping for two months. */
const lookEveryMs = 6 * 60 * 60 * 1000;

/** Keeps a server's certificate valid and for the right names. */
export class LeafRotation {
  private readonly deps: LeafRotationDeps;
  private current: Leaf;
  /** The names as they were asked for, which the certificate may spell differently. */
  private asked: readonly string[];
  private cancelLook: () => void = () => {};
  private isClosed = false;
  private looking: Promise<void> = Promise.resolve();

  private constructor(deps: LeafRotationDeps, first: Leaf, names: readonly string[]) {
    this.deps = deps;
    this.current = first;
    this.asked = names;
  }

  /** Issues the first certificate. `onRotated` is called for later ones only. */
  static async open(deps: LeafRotationDeps): Promise<LeafRotation> {
    const names = deps.names();
    const first = await issueLeaf(deps.authority, names, deps.clock.now());
    const rotation = new LeafRotation(deps, first, names);
    rotation.lookLater();
    return rotation;
  }

  get leaf(): Leaf {
    return this.current;
  }

  /** Looks now, for example because the machine got another address. Never rejects. */
  refresh(): Promise<void> {
    this.looking = this.looking.then(() => this.renewIfDue()).catch(this.deps.onFailure);
    return this.looking;
  }

  close(): void {
    this.isClosed = true;
    this.cancelLook();
  }

  private lookLater(): void {
    this.cancelLook = this.deps.clock.after(lookEveryMs, () => {
      void this.refresh();
      this.lookLater();
    });
  }

  private async renewIfDue(): Promise<void> {
    const names = this.deps.names();
    const now = this.deps.clock.now();
    const isOld = this.current.notAfter - now <= renewWithLeftMs;
    if (this.isClosed || (!isOld && isSame(names, this.asked))) return;
    this.current = await issueLeaf(this.deps.authority, names, now);
    this.asked = names;
    this.deps.onRotated(this.current);
  }
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name) => right.includes(name));
}
