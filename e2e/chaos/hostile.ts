import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { newId } from '../../src-main/core/identity.ts';
import { createConnectionRegister } from '../../src-main/platform/http/connection-register.ts';
import { silentLogger } from '../../src-main/platform/logger.ts';
import { systemClock } from '../../src-main/platform/system-clock.ts';
import type { KeptMembership } from '../../src-main/testing/pool/enrol-machine.ts';
import { dial } from '../../src-main/tunnel/client/dial.ts';
import { createTestHost } from '../../src-main/tunnel/client/node.fixture.ts';
import { openChannel } from '../../src-main/tunnel/client/open-channel.ts';
import { openScriptedGateway } from '../../src-main/tunnel/client/scripted-gateway.fixture.ts';
import { TunnelClient } from '../../src-main/tunnel/client/tunnel-client.ts';
import type {
  ControlRequest,
  ControlResponse,
} from '../../src-main/tunnel/gen/millpond/tunnel/v1/tunnel.ts';
import type { GatewayAddress, TunnelState } from '../../src-main/tunnel/ports.ts';

/** What strangers and copies try, and how the gateway took it: undefined when it was right. */

const wayOut = { register: createConnectionRegister(systemClock), clock: systemClock };
/** A gateway that is just being started again answers later. */
const patienceMs = 6_000;

/** A copy of a machine's disk connects with an epoch that was used already. */
export async function connectOldEpoch(
  { membership, privateKey }: KeptMembership,
  gateway: GatewayAddress,
): Promise<string | undefined> {
  const client = imposter({
    membership: { ...membership, gateway, epoch: membership.epoch - 1 },
    privateKey,
  });
  const state = await settledState(client);
  await client.stop();
  if (state?.phase === 'online') return 'a copy with an old epoch was let in';
  if (state?.phase === 'closed' && state.reason !== 'stale-epoch') {
    return `a copy with an old epoch was refused as ${String(state.reason)}`;
  }
  return undefined;
}

/** A pool that the machine was lured into passes the nonce of its real pool on. */
export async function relayNonce(
  { membership, privateKey }: KeptMembership,
  gateway: GatewayAddress,
): Promise<string | undefined> {
  const real = await reach(gateway);
  if (real === undefined) return undefined;
  const outcome = Promise.withResolvers<ControlResponse['message']>();
  const control = real.control();
  control.on('error', () => {
    outcome.resolve(undefined); // The gateway itself was killed meanwhile.
  });
  const evil = await openScriptedGateway((victim) => {
    control.on('data', (said: ControlResponse) => {
      if (said.message?.$case === 'challenge') victim.write(said);
      else outcome.resolve(said.message);
    });
    victim.on('data', (said: ControlRequest) => control.write(said));
  });
  // The worst case: the same key in both pools, and an epoch that is still to come.
  const victim = imposter({
    membership: { ...membership, gateway: evil.address, epoch: membership.epoch + 1_000 },
    privateKey,
  });
  victim.start();
  const told = await withinPatience(outcome.promise);
  await victim.stop();
  control.cancel();
  real.close();
  await evil.close();
  if (told === undefined) return undefined;
  if (told.$case === 'ready') return 'a signature for another gateway was accepted';
  if (told.$case === 'refusal' && told.value.reason === 'bad-signature') return undefined;
  return `a signature for another gateway was answered with ${JSON.stringify(told)}`;
}

/** Frames of a Run that belongs to nobody here. */
export async function sendForgedFrames(
  { membership }: KeptMembership,
  gateway: GatewayAddress,
): Promise<string | undefined> {
  const client = await reach(gateway);
  if (client === undefined) return undefined;
  const run = client.run();
  const ended = Promise.withResolvers<number>();
  run.on('data', () => {
    ended.resolve(0);
  });
  run.on('error', ({ code }: Error & { code?: number }) => {
    ended.resolve(code ?? -1);
  });
  run.write({
    message: {
      $case: 'open',
      value: {
        ...{ requestId: newId(), epoch: membership.epoch, isResume: true },
        ...{ ticket: randomBytes(32), session: randomBytes(32) },
      },
    },
  });
  run.write({ message: { $case: 'frame', value: { sequence: 1, chunks: [] } } });
  const code = await withinPatience(ended.promise);
  run.cancel();
  client.close();
  // PERMISSION_DENIED; UNAVAILABLE and CANCELLED when the gateway itself was killed meanwhile.
  return code === undefined || [7, 14, 1].includes(code)
    ? undefined
    : `frames of nobody were answered with ${code}`;
}

/** Bytes that mean nothing, on every way in. Whether it hurt is seen by everybody else. */
export async function sendGarbage(port: number): Promise<undefined> {
  const ways = [
    () => connectPlain(port, '127.0.0.1'),
    () => connectTls({ port, rejectUnauthorized: false, ALPNProtocols: ['h2'] }),
    () => connectTls({ port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }),
  ];
  for (const open of ways) {
    const socket = open();
    socket.on('error', () => {
      // It is meant to be thrown out.
    });
    socket.write(randomBytes(4_096));
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    socket.end(randomBytes(70_000));
    socket.resume();
    await withinPatience(once(socket, 'close').catch(() => {}));
    socket.destroy();
  }
  return undefined;
}

function imposter({ membership, privateKey }: KeptMembership): TunnelClient {
  return new TunnelClient({
    ...{ ...wayOut, membership, privateKey, gatewayId: newId() },
    host: createTestHost(),
    logger: silentLogger,
    persistEpoch: () => Promise.resolve(),
  });
}

/** Let in or refused; undefined when nobody answers. */
async function settledState(client: TunnelClient): Promise<TunnelState | undefined> {
  const settled = Promise.withResolvers<TunnelState>();
  client.onState(() => {
    const state = client.state();
    if (state.phase === 'online' || state.phase === 'closed') settled.resolve(state);
  });
  client.start();
  return withinPatience(settled.promise);
}

async function reach({ candidates, trust }: GatewayAddress) {
  try {
    const signal = AbortSignal.timeout(patienceMs);
    return openChannel(await dial(candidates, trust, { ...wayOut, signal }));
  } catch {
    return undefined; // It is just being killed by somebody else.
  }
}

async function withinPatience<T>(promise: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  try {
    const late = systemClock.sleep(patienceMs, over.signal).catch(() => {});
    return await Promise.race([promise, late.then(() => undefined)]);
  } finally {
    over.abort();
  }
}
