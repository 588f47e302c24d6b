import { createSocket } from 'node:dgram';
import type { RouterAnswer } from './ports.ts';

/** NAT-PMP, RFC 6886: requests of 2 or 12 bytes to the router itself. */
const natPmpPort = 5351;

const opExternalAddress = 0;
const opMapTcp = 2;
const isAnswer = 0x80;
const success = 0;
/** The RFC doubles from 250 ms; who has not answered by the third does not speak it. */
const triesAfterMs = [0, 250, 750] as const;
const giveUpAfterMs = 1500;

export interface NatPmpRouter {
  readonly host: string;
  /** 5351 but in tests. */
  readonly port?: number;
}

/** Asks for the port for `leaseSeconds`, and for the router's outer address. */
export async function mapByNatPmp(
  router: NatPmpRouter,
  port: number,
  leaseSeconds: number,
  signal: AbortSignal,
): Promise<RouterAnswer> {
  const external = await exchange(router, externalRequest(), signal);
  if (external === undefined) return { kind: 'silent' };
  const externalAddress = readExternalAddress(external);
  const about = externalAddress === undefined ? {} : { externalAddress };
  const mapped = await exchange(router, mapRequest(port, leaseSeconds), signal);
  const outerPort = mapped && readMappedPort(mapped, port);
  if (outerPort === undefined || externalAddress === undefined)
    return { kind: 'answered', ...about };
  return { kind: 'answered', ...about, mapping: { host: externalAddress, port: outerPort } };
}

/** A mapping without a lease is no mapping. Resolves also when nobody answered. */
export async function unmapByNatPmp(
  router: NatPmpRouter,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  await exchange(router, mapRequest(port, 0), signal);
}

function externalRequest(): Buffer {
  return Buffer.from([0, opExternalAddress]);
}

function mapRequest(port: number, leaseSeconds: number): Buffer {
  const request = Buffer.alloc(12);
  request.writeUInt8(opMapTcp, 1);
  request.writeUInt16BE(port, 4);
  // Taking a mapping back, the RFC wants no outer port.
  request.writeUInt16BE(leaseSeconds === 0 ? 0 : port, 6);
  request.writeUInt32BE(leaseSeconds, 8);
  return request;
}

/** Undefined for refusals and for a router that has no address itself. */
function readExternalAddress(answer: Buffer): string | undefined {
  if (answer.length < 12 || answer.readUInt16BE(2) !== success) return undefined;
  const address = answer.subarray(8, 12).join('.');
  return address === '0.0.0.0' ? undefined : address;
}

/** The outer port; undefined for refusals and for answers about another port. */
function readMappedPort(answer: Buffer, port: number): number | undefined {
  if (answer.length < 16 || answer.readUInt16BE(2) !== success) return undefined;
  const outer = answer.readUInt16BE(10);
  return answer.readUInt16BE(8) === port && outer > 0 ? outer : undefined;
}

/** Sends until somebody answers; undefined when nobody does. Rejects when the signal aborts. */
function exchange(
  { host, port = natPmpPort }: NatPmpRouter,
  request: Buffer,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timers = triesAfterMs.map((ms) =>
      setTimeout(() => {
        socket.send(request);
      }, ms),
    );
    const end = (outcome: () => void): void => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners();
      // Refused datagrams are reported after it is closed too.
      socket.on('error', () => {});
      socket.close(outcome);
    };
    const abort = (): void => {
      end(() => {
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      });
    };
    const give = (answer?: Buffer) => (): void => {
      end(() => {
        resolve(answer);
      });
    };
    timers.push(setTimeout(give(), giveUpAfterMs));
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', give());
    // A connected socket hears only whom it asked.
    socket.on('message', (message) => {
      if (isAnswerTo(message, request)) give(message)();
    });
    socket.connect(port, host, () => {});
  });
}

function isAnswerTo(message: Buffer, request: Buffer): boolean {
  return message.length >= 8 && message[0] === 0 && message[1] === (request[1] ?? 0) + isAnswer;
}
