import type { Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { TunnelServiceService } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { TunnelServiceServer, Timing } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { NodeLink, TunnelGate } from '../ports.ts';
import { defaultTiming, serverOptions } from '../wire/protocol.ts';
import { defaultPatience } from './assigned-run.ts';
import type { CutPatience } from './assigned-run.ts';
import { createCounters } from './counters.ts';
import type { TunnelCounters } from './counters.ts';
import { Joining } from './joining.ts';
import { RunTable } from './run-table.ts';
import { Sessions } from './sessions.ts';
import { createSocketBook } from './socket-book.ts';

export interface TunnelServerOptions {
  readonly gate: TunnelGate;
  /**
   * What this gateway may have been dialled as: first the SPKI hash (base64url) of its own CA, then the
   * host names of its public certificate. Signatures over anything else are refused.
   */
  readonly ownNames: () => readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timing?: Partial<Timing>;
  readonly limits?: Partial<TunnelServerLimits>;
  /** For the chaos suite: accepts connections, streams and frames of earlier epochs. */
  readonly faults?: { readonly isEpochCheckOff?: boolean };
}

export interface TunnelServerLimits {
  /** How long a cut answer waits for its machine. */
  readonly patience: CutPatience;
  /** How long a drain waits for answers that run. */
  readonly drainWithinMs: number;
  /** When drained machines should dial again. */
  readonly reconnectAfterDrainMs: number;
}

/** Connections at a time, whoever they are; each device that is connected has one. */
const maxSockets = 4_096;

const defaultLimits: TunnelServerLimits = {
  patience: defaultPatience,
  drainWithinMs: 30_000,
  reconnectAfterDrainMs: 2_000,
};

export interface TunnelMeasure extends TunnelCounters {
  readonly links: number;
  readonly runs: number;
  readonly calls: number;
  readonly sockets: number;
  readonly pendingKnocks: number;
  /** Chunks that wait for slow readers. */
  readonly bufferedBytes: number;
}

export interface TunnelServer {
  /** Takes over a connection that chose h2 on the public port. */
  handleSocket(socket: Socket): void;
  links(): readonly NodeLink[];
  /** Asks all machines to come back later, lets answers finish within the limit, then closes. */
  drain(reason: string): Promise<void>;
  /** Ends everything at once. */
  close(): void;
  measure(): TunnelMeasure;
}

/** The gateway's end of every tunnel. It listens on nothing itself: the public port hands sockets in. */
export function createTunnelServer(options: TunnelServerOptions): TunnelServer {
  const { gate, clock, logger, ownNames } = options;
  const counters = createCounters();
  const runs = new RunTable();
  const sockets = createSocketBook();
  const joining = new Joining({ gate, clock, logger, counters, ownNames });
  const sessions = new Sessions({
    ...{ gate, clock, logger, counters, runs, ownNames, sockets },
    ...{ ...defaultLimits, ...options.limits },
    timing: { ...defaultTiming, ...options.timing },
    isEpochCheckOff: options.faults?.isEpochCheckOff ?? false,
  });
  const server = new Server(serverOptions);
  const service: TunnelServiceServer = {
    enrol: (call, callback) => joining.enrol(call, callback),
    knock: (stream) => joining.knock(stream),
    control: (stream) => sessions.control(stream),
    run: (stream) => sessions.run(stream),
    call: (stream) => sessions.call(stream),
  };
  server.addService(TunnelServiceService, service);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());

  function close(): void {
    joining.close();
    sessions.close();
    server.forceShutdown();
    injector.destroy();
    sockets.destroyAll();
  }

  return {
    handleSocket(socket) {
      if (sockets.size >= maxSockets) {
        logger.warn({ sockets: sockets.size }, 'too many connections');
        socket.destroy();
        return;
      }
      sockets.add(socket);
      injector.injectConnection(socket);
    },
    links: () => sessions.links(),
    async drain(reason) {
      joining.close();
      await sessions.drain(reason);
      close();
    },
    close,
    measure: () => ({
      ...counters,
      links: sessions.links().length,
      runs: runs.all().length,
      calls: sessions.callCount,
      sockets: sockets.size,
      pendingKnocks: joining.pendingKnocks,
      bufferedBytes: runs.all().reduce((sum, each) => sum + each.bufferedBytes, 0),
    }),
  };
}
