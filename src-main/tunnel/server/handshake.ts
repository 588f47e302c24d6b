import { randomBytes } from 'node:crypto';
import { MillpondError } from '../../core/error.ts';
import type { ControlRequest, Hello } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { KnownMembership } from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';
import {
  clockSkewToleratedMs,
  nonceBytes,
  oldestProtocolVersion,
  protocolError,
  protocolVersion,
} from '../wire/protocol.ts';
import { takeFirstMessage } from './first-message.ts';
import type { ControlStream, SessionDeps } from './session-deps.ts';
import { verifyHello } from './verify-hello.ts';

export interface HandshakeDeps extends SessionDeps {
  readonly ownNames: () => readonly string[];
}

/**
 * Asks a new Control stream who it is, and calls `welcome` when the device has proved it. Anybody else
 * is told why not and sent away.
 */
export function shakeHands(
  stream: ControlStream,
  deps: HandshakeDeps,
  welcome: (hello: Hello, membership: KnownMembership) => void,
): void {
  const nonce = randomBytes(nonceBytes);
  takeFirstMessage(stream, deps.clock, ({ message }: ControlRequest) => {
    if (message?.$case !== 'hello') {
      deps.counters.protocolErrors += 1;
      throw protocolError('the first message was no hello');
    }
    const membership = membershipOf(stream, message.value, { ...deps, nonce });
    if (membership !== undefined) welcome(message.value, membership);
  });
  const value = { nonce, protocolVersion, oldestProtocolVersion, gatewayTime: deps.clock.now() };
  stream.write({ message: { $case: 'challenge', value } });
}

function membershipOf(
  stream: ControlStream,
  hello: Hello,
  deps: HandshakeDeps & { readonly nonce: Uint8Array },
): KnownMembership | undefined {
  const { logger, clock } = deps;
  const { membershipId } = hello;
  try {
    const membership = verifyHello(hello, { ...deps, ownNames: deps.ownNames() });
    const skewMs = hello.deviceTime - clock.now();
    if (Math.abs(skewMs) > clockSkewToleratedMs) {
      logger.warn({ membershipId, skewMs }, 'clock of the device is off');
    }
    return membership;
  } catch (error) {
    if (!(error instanceof TunnelRefusal)) throw MillpondError.from(error);
    const { reason, message } = error;
    deps.counters.refusals += 1;
    logger.warn({ membershipId, reason, sentence: message }, 'device refused');
    stream.write({ message: { $case: 'refusal', value: { reason, message } } });
    stream.end();
    stream.resume();
    return undefined;
  }
}
