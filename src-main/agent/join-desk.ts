import type { NearbyOffer } from '../tunnel/ports.ts';
import { MillpondError } from '../core/error.ts';
import type { JoinedPoolLink } from './joined-pool-link.ts';
import type { DeviceNames, Identity, Invite, Joined, Tunnel } from './ports.ts';

/** How the latest *Ask to join* stands. */
export type JoinProgress =
  | { readonly phase: 'connecting'; readonly poolName: string }
  | {
      readonly phase: 'waiting';
      readonly poolName: string;
      readonly ownerName: string;
      /** Shown on both screens. */
      readonly words: readonly string[];
    }
  | { readonly phase: 'joined'; readonly membershipId: string }
  | { readonly phase: 'refused'; readonly reason: string; readonly message: string };

interface JoinDeskDeps {
  readonly tunnel: Tunnel;
  /** Keeps what was joined and connects. */
  readonly adopt: (joined: Joined, privateKey: string, share: boolean) => Promise<JoinedPoolLink>;
  readonly onChanged: () => void;
}

/** An owner who does not answer for so long is not asked any more. */
const joinLimitMs = 30_000;

/** Joining: by a link, or by asking. Each membership gets a key pair of its own. */
export class JoinDesk {
  private readonly deps: JoinDeskDeps;
  private current: { progress: JoinProgress; readonly stop: AbortController } | undefined;

  constructor(deps: JoinDeskDeps) {
    this.deps = deps;
  }

  get progress(): JoinProgress | undefined {
    return this.current?.progress;
  }

  async join(invite: Invite, names: DeviceNames, share: boolean): Promise<JoinedPoolLink> {
    const { tunnel, adopt } = this.deps;
    const identity = await tunnel.createIdentity();
    const joined = await tunnel.enrol(invite, identity, names, AbortSignal.timeout(joinLimitMs));
    return await adopt(joined, identity.privateKey, share);
  }

  /** Replaces an earlier request that still waits. */
  ask(offer: NearbyOffer, names: DeviceNames): void {
    this.cancel();
    const stop = new AbortController();
    const { poolName } = offer;
    this.current = { progress: { phase: 'connecting', poolName }, stop };
    this.deps.onChanged();
    void this.knock(offer, names, stop.signal).catch((thrown: unknown) => {
      const { reason, code, message } = MillpondError.from(thrown);
      this.enter(stop.signal, { phase: 'refused', reason: reason ?? code, message });
    });
  }

  /** Forgets the latest request, whatever became of it. */
  cancel(): void {
    if (this.current === undefined) return;
    const { stop } = this.current;
    this.current = undefined;
    stop.abort(new MillpondError('cancelled', 'You took your request back'));
    this.deps.onChanged();
  }

  private async knock(offer: NearbyOffer, names: DeviceNames, signal: AbortSignal): Promise<void> {
    const { tunnel, adopt } = this.deps;
    const { poolName, ownerName } = offer;
    const identity: Identity = await tunnel.createIdentity();
    const joined = await tunnel.knock(offer.gateway, identity, names, {
      signal,
      onWords: (words) => {
        this.enter(signal, { phase: 'waiting', poolName, ownerName, words });
      },
    });
    signal.throwIfAborted();
    const { id } = await adopt(joined, identity.privateKey, true);
    this.enter(signal, { phase: 'joined', membershipId: id });
  }

  /** Only the latest request speaks. */
  private enter(signal: AbortSignal, progress: JoinProgress): void {
    if (this.current?.stop.signal !== signal) return;
    this.current.progress = progress;
    this.deps.onChanged();
  }
}
