import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type {
  ControlRequest,
  ControlResponse,
  Hello,
  Timing,
} from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { KnownMembership, TunnelGate } from '../ports.ts';
import type { CutPatience } from './assigned-run.ts';
import type { TunnelCounters } from './counters.ts';
import type { NodeSession } from './node-session.ts';
import type { RunTable } from './run-table.ts';

export type ControlStream = ServerDuplexStream<ControlRequest, ControlResponse>;

/** What all sessions of one server share. */
export interface SessionDeps {
  readonly gate: TunnelGate;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timing: Timing;
  readonly patience: CutPatience;
  readonly counters: TunnelCounters;
  readonly runs: RunTable;
  /** The connection that is in force for a membership. */
  readonly session: (membershipId: string) => NodeSession | undefined;
  /** How long a drain waits for answers that run. */
  readonly drainWithinMs: number;
  readonly reconnectAfterDrainMs: number;
  /** For the chaos suite. */
  readonly isEpochCheckOff: boolean;
}

export interface SessionStart {
  readonly stream: ControlStream;
  readonly membership: KnownMembership;
  readonly hello: Hello;
  /** Closes the connection under the stream, without waiting for anybody. */
  readonly disconnect: () => void;
  /** Calls back when that connection has closed, whoever closed it. */
  readonly onDisconnected: (listener: () => void) => void;
  readonly onClosed: (session: NodeSession) => void;
}
