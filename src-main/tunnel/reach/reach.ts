import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { plainAddress, scopeOf } from './address-scope.ts';
import { hostOf, isBehindCarrier, isLasting, waysIn } from './candidates.ts';
import type { KnownWay } from './candidates.ts';
import type {
  AddressCandidate,
  Arrival,
  OwnAddress,
  PortMapper,
  ReachSettings,
  ReachVerdict,
  RouterAnswer,
} from './ports.ts';
import { Sightings } from './sightings.ts';

/** Half of what a mapping is asked for: looking again is what keeps it. */
const lookEveryMs = 30 * 60_000;
/** How soon a new network is noticed. */
const watchEveryMs = 15_000;
/** Routers that answer do so in a second or two. */
const askWithinMs = 12_000;
const closeWithinMs = 3000;

const silent: RouterAnswer = { kind: 'silent' };

export interface ReachDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Addresses of this machine's network cards now. */
  readonly interfaces: () => readonly OwnAddress[];
  /** As this computer calls itself. */
  readonly hostName: string;
  readonly mapper: PortMapper;
  readonly settings: () => ReachSettings;
  /** The public port; undefined while it is closed. */
  readonly port: () => number | undefined;
}

/** Whether others can dial this gateway: what its networks, its router and its visitors tell. */
export class ReachWatch {
  private readonly deps: ReachDeps;
  private readonly sightings = new Sightings();
  private readonly listeners = new Set<() => void>();
  private readonly stopping = new AbortController();
  private own: readonly OwnAddress[];
  private router: RouterAnswer = silent;
  private hasAsked = false;
  private mayHaveMapping = false;
  private isWanted = false;
  private looking: Promise<void> | undefined;
  private cancelWatch: () => void = () => {};
  private lookedAt = -Infinity;

  constructor(deps: ReachDeps) {
    this.deps = deps;
    this.own = deps.interfaces();
  }

  get isLooking(): boolean {
    return this.looking !== undefined;
  }

  candidates(): readonly AddressCandidate[] {
    const now = this.deps.clock.now();
    return this.ways().map((way) => this.sightings.of(way, now));
  }

  /** Never `internet` without a visitor, an open mapping or an address of its own out there. */
  verdict(): ReachVerdict {
    const { clock, settings } = this.deps;
    const { router, own, hasAsked } = this;
    if (this.sightings.isInternet(clock.now())) return 'internet';
    if (isBehindCarrier(own) || isShared(router)) return 'carrier-nat';
    const ways = this.ways();
    const isOpen = ways.some(({ kind, verdict }) => kind !== 'loopback' && verdict === 'open');
    if (isOpen) return 'internet';
    // An address that the owner gave may work: nobody has tried it yet.
    return hasAsked && settings().publicAddress.trim() === '' ? 'network' : 'unknown';
  }

  /** Host names and addresses that lead here, for certificates. */
  names(): readonly string[] {
    const { hostName, settings } = this.deps;
    const outside = hostOf(settings().publicAddress);
    const mapped = this.router.kind === 'answered' ? this.router.mapping?.host : undefined;
    const own = this.own.map(({ address }) => address);
    const names = ['localhost', '127.0.0.1', '::1', hostName, ...own, outside, mapped ?? ''];
    return [...new Set(names.filter((name) => name !== ''))];
  }

  /** Told of everybody who came in over the public port. */
  seen(arrival: Arrival): void {
    const port = this.deps.port();
    if (port === undefined) return;
    const surrounds = { port, own: this.own, ways: this.ways() };
    if (this.sightings.add(arrival, surrounds, this.deps.clock.now())) this.tell();
  }

  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Looks now and then from now on, and whenever the network changes. */
  start(): void {
    this.cancelWatch = this.deps.clock.after(watchEveryMs, () => {
      this.watch();
      this.start();
    });
  }

  /**
   * Looks again, now: reads the network cards and asks the router, where that is allowed. Whoever asks
   * while it looks gets a second look, because what is allowed may have changed meanwhile.
   */
  look(): Promise<void> {
    this.isWanted = true;
    this.looking ??= this.lookWhileWanted().finally(() => {
      this.looking = undefined;
      this.tell();
    });
    return this.looking;
  }

  /** Ends it and closes what the router opened. Never rejects. */
  async stop(): Promise<void> {
    this.cancelWatch();
    this.stopping.abort();
    await this.looking?.catch(() => {});
    await this.giveBack();
  }

  private watch(): void {
    const { clock, interfaces } = this.deps;
    const isOther = signatureOf(interfaces()) !== signatureOf(this.own);
    if (isOther) this.sightings.forget();
    const isDue = clock.now() - this.lookedAt >= lookEveryMs;
    if ((isOther || isDue) && !this.isLooking) void this.look();
  }

  private async lookWhileWanted(): Promise<void> {
    while (this.isWanted && !this.stopping.signal.aborted) {
      this.isWanted = false;
      await this.lookOnce();
    }
  }

  private async lookOnce(): Promise<void> {
    const { clock, interfaces, settings, port } = this.deps;
    this.lookedAt = clock.now();
    this.own = interfaces();
    const open = port();
    const { mapPort, localOnly } = settings();
    if (open === undefined || !mapPort) {
      await this.giveBack();
      this.hasAsked = false;
      return;
    }
    if (localOnly) {
      this.router = silent;
      this.hasAsked = false;
      return;
    }
    await Promise.resolve();
    this.tell();
    await this.ask(open);
  }

  private async ask(port: number): Promise<void> {
    const { mapper, logger } = this.deps;
    const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(askWithinMs)]);
    this.mayHaveMapping = true;
    try {
      this.router = await mapper.open(port, signal);
    } catch (error) {
      this.router = silent;
      logger.debug({ err: error }, 'the router was not asked to the end');
    }
    this.hasAsked = true;
    logger.info({ verdict: this.verdict(), router: this.router.kind }, 'looked for ways in');
  }

  private async giveBack(): Promise<void> {
    const { mapper, settings, logger } = this.deps;
    this.router = silent;
    // Nothing is sent while Local only is on: the mapping ends by itself within the hour.
    if (!this.mayHaveMapping || settings().localOnly) return;
    this.mayHaveMapping = false;
    await mapper.close(AbortSignal.timeout(closeWithinMs)).catch((error: unknown) => {
      logger.debug({ err: error }, 'the router was not asked to close the port');
    });
  }

  private ways(): readonly KnownWay[] {
    const port = this.deps.port();
    if (port === undefined) return [];
    const { publicAddress } = this.deps.settings();
    return waysIn({ port, publicAddress, own: this.own, router: this.router });
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** The router's own outer address belongs to the inside of somebody else's network. */
function isShared(router: RouterAnswer): boolean {
  if (router.kind === 'silent') return false;
  const outer = router.externalAddress ?? router.mapping?.host;
  return outer !== undefined && scopeOf(plainAddress(outer)) !== 'global';
}

function signatureOf(own: readonly OwnAddress[]): string {
  return own
    .filter(isLasting)
    .map(({ card, address }) => `${card} ${address}`)
    .toSorted()
    .join('\n');
}
