import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { Command, ControlRequest } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { NodeHost } from '../ports.ts';
import { decodeCommand, encodeAdvert, encodeLoad, encodeSlots } from '../wire/advert-codec.ts';
import { encodeFailure } from '../wire/failure-codec.ts';
import { documentVersion } from '../wire/json-bytes.ts';

/** Changes that come closer together are told together. */
const advertEveryMs = 250;
const slotsEveryMs = 50;
/** Commands that a gateway may have under way. */
const mostCommands = 8;

export interface NodeReportsDeps {
  readonly host: NodeHost;
  readonly clock: Clock;
  readonly send: (message: NonNullable<ControlRequest['message']>) => void;
}

/** What a machine tells its gateway about itself while it is connected, and the commands it obeys. */
export class NodeReports {
  private readonly deps: NodeReportsDeps;
  private readonly stops: (() => void)[];
  private readonly stopped = new AbortController();
  private readonly waiting = new Map<() => void, () => void>();
  private commands = 0;

  /** Tells everything at once, then what changes. */
  constructor(deps: NodeReportsDeps) {
    this.deps = deps;
    this.tellAdvert();
    this.tellSlots();
    this.stops = [
      deps.host.onAdvertChanged(() => this.soon(this.tellAdvert, advertEveryMs)),
      deps.host.onSlotsChanged(() => this.slotsSoon()),
    ];
  }

  slotsSoon(): void {
    this.soon(this.tellSlots, slotsEveryMs);
  }

  /** Lets the machine do it and tells how it went; the owner's allow list is the host's to keep. */
  async command({ commandId, json }: Command): Promise<void> {
    const failure = await this.obey(json).then(
      () => undefined,
      (error: unknown) => encodeFailure(MillpondError.from(error)),
    );
    if (this.stopped.signal.aborted) return;
    this.deps.send({ $case: 'commandResult', value: { commandId, failure } });
  }

  stop(): void {
    this.stopped.abort();
    for (const stop of this.stops) stop();
    for (const cancel of this.waiting.values()) cancel();
    this.waiting.clear();
  }

  private async obey(json: Buffer): Promise<void> {
    if (this.commands >= mostCommands) {
      throw new MillpondError('overloaded', 'This machine still works on earlier commands');
    }
    this.commands += 1;
    try {
      await this.deps.host.command(decodeCommand(json), this.stopped.signal);
    } finally {
      this.commands -= 1;
    }
  }

  private readonly tellAdvert = (): void => {
    const advert = this.deps.host.advert();
    if (advert === undefined) return;
    const value = { version: documentVersion, json: encodeAdvert(advert) };
    this.deps.send({ $case: 'advert', value });
  };

  private readonly tellSlots = (): void => {
    if (this.deps.host.advert() === undefined) return;
    const value = { version: documentVersion, json: encodeSlots(this.deps.host.slots()) };
    this.deps.send({ $case: 'slots', value });
  };

  private soon(tell: () => void, ms: number): void {
    if (this.waiting.has(tell) || this.stopped.signal.aborted) return;
    const cancel = this.deps.clock.after(ms, () => {
      this.waiting.delete(tell);
      tell();
    });
    this.waiting.set(tell, cancel);
  }
}

/** The machine's load for a heartbeat; empty while it only asks. */
export function loadJsonOf(host: Pick<NodeHost, 'load'>): Buffer {
  const load = host.load();
  return load === undefined ? Buffer.alloc(0) : encodeLoad(load);
}
