import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { credentials } from '@grpc/grpc-js';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import type { InferenceChunk, InferenceRequest, InferOptions } from '../../core/inference.ts';
import type { NodeAdvert } from '../../core/node.ts';
import { silentLogger } from '../../platform/logger.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { FakeClock } from '../../testing/fake-clock.ts';
import { createRelay } from '../../testing/relay.ts';
import type { Relay } from '../../testing/relay.ts';
import { TunnelServiceClient } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type {
  Assign,
  CallRequest,
  CallResponse,
  ControlRequest,
  ControlResponse,
  Hello,
  RunRequest,
  RunResponse,
} from '../gen/millpond/tunnel/v1/tunnel.ts';
import { createIdentity, signWith } from '../identity/identity.ts';
import type { KnownMembership, NodeErrorReport, NodeLink, TunnelGate } from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';
import { encodeAdvert } from '../wire/advert-codec.ts';
import { encodeChunk } from '../wire/chunk-codec.ts';
import { channelOptions, protocolVersion, signedPayload } from '../wire/protocol.ts';
import { createTunnelServer } from './tunnel-server.ts';
import type { TunnelServer, TunnelServerOptions } from './tunnel-server.ts';

export const ownPin = 'own-spki-hash';
export const ownHost = 'pool.example.org';

/** What a test sees of a message union: the value behind a case. */
type ValueOf<Message, Case> =
  Extract<Message, { readonly $case: Case }> extends {
    readonly value: infer Value;
  }
    ? Value
    : never;

/** One end of a stream as a test reads it: each message is taken once, in any order of kinds. */
export interface Inbox<Message extends { readonly $case: string }> {
  /** The next message of that kind; rejects when the stream ends without one. */
  next<Case extends Message['$case']>(kind: Case): Promise<ValueOf<Message, Case>>;
  /** Kinds that came and were not taken. */
  readonly left: readonly string[];
  /** How it ended: undefined for well. */
  readonly ended: Promise<ServiceError | undefined>;
}

export function inboxOf<Message extends { readonly $case: string }>(
  stream: ClientDuplexStream<never, { readonly message: Message | undefined }>,
): Inbox<Message> {
  const messages: Message[] = [];
  let wake: () => void = () => {};
  let isEnded = false;
  const ended = new Promise<ServiceError | undefined>((resolve) => {
    const end = (error?: ServiceError): void => {
      isEnded = true;
      wake();
      resolve(error);
    };
    stream.on('error', end);
    stream.on('end', () => end());
  });
  stream.on('data', ({ message }: { readonly message: Message | undefined }) => {
    if (message !== undefined) messages.push(message);
    wake();
  });
  return {
    get left() {
      return messages.map(({ $case }) => $case);
    },
    ended,
    async next(kind) {
      for (;;) {
        const index = messages.findIndex(({ $case }) => $case === kind);
        const [found] = index < 0 ? [] : messages.splice(index, 1);
        // The union lost which value belongs to which case; the search above restored it.
        if (found !== undefined) return (found as unknown as { value: never }).value;
        if (isEnded) throw new Error(`the stream ended without ${kind}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

/** A gateway made of a list of memberships. */
export class FakeGate implements TunnelGate {
  readonly gatewayId = 'gateway-1';
  readonly log: string[] = [];
  readonly reports: NodeErrorReport[] = [];
  readonly members = new Map<string, KnownMembership>();
  readonly revoked = new Set<string>();
  link: NodeLink | undefined;
  onEnrol: TunnelGate['enrol'] = () => Promise.reject(new Error('no invite is expected'));
  onKnock: TunnelGate['knock'] = () => Promise.reject(new Error('no knock is expected'));
  onCall: TunnelGate['call'] = () => {
    throw new Error('no call is expected');
  };

  enrol(...args: Parameters<TunnelGate['enrol']>): ReturnType<TunnelGate['enrol']> {
    return this.onEnrol(...args);
  }

  knock(...args: Parameters<TunnelGate['knock']>): ReturnType<TunnelGate['knock']> {
    return this.onKnock(...args);
  }

  greeting() {
    return { poolName: 'Lake', ownerName: 'Ann' };
  }

  membership(id: string): KnownMembership | undefined {
    if (this.revoked.has(id)) {
      throw new TunnelRefusal(
        'membership-revoked',
        'Ann removed this device; ask for a new invite',
      );
    }
    return this.members.get(id);
  }

  epochUsed(id: string, epoch: number): void {
    this.log.push(`epoch ${epoch}`);
    const member = this.members.get(id);
    if (member !== undefined) this.members.set(id, { ...member, epoch });
  }

  connected(link: NodeLink): void {
    this.log.push(`connected ${link.epoch}`);
    this.link = link;
    link.on('closed', () => this.log.push(`closed ${link.epoch}`));
  }

  call(member: KnownMembership, request: InferenceRequest, options: InferOptions) {
    return this.onCall(member, request, options);
  }

  errorReported(_: string, report: NodeErrorReport): void {
    this.reports.push(report);
  }
}

export interface TestServer {
  readonly server: TunnelServer;
  readonly gate: FakeGate;
  readonly clock: FakeClock;
  readonly relay: Relay;
  /** A device that is a member; it has not connected yet. */
  device(change?: Partial<KnownMembership>): TestDevice;
  /** A client that belongs to nobody. */
  client(): TunnelServiceClient;
  /** The link of the last machine that connected. */
  link(): NodeLink;
  close(): Promise<void>;
}

/** A tunnel server on loopback, without TLS, behind a line that can be cut; its time is the test's. */
export async function openTestServer(
  options: Partial<Pick<TunnelServerOptions, 'timing' | 'limits' | 'faults'>> = {},
): Promise<TestServer> {
  const clock = createFakeClock();
  const gate = new FakeGate();
  const server = createTunnelServer({
    ...{ gate, clock, logger: silentLogger, ownNames: () => [ownPin, ownHost] },
    ...options,
  });
  const listener = createServer((socket) => server.handleSocket(socket));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const relay = await createRelay({ to: { port: (listener.address() as AddressInfo).port } });
  const clients: TunnelServiceClient[] = [];
  const client = (): TunnelServiceClient => {
    const made = new TunnelServiceClient(
      `127.0.0.1:${relay.port}`,
      credentials.createInsecure(),
      channelOptions,
    );
    clients.push(made);
    return made;
  };
  return {
    ...{ server, gate, clock, relay, client },
    device: (change) => new TestDevice(gate, client, change),
    link() {
      if (gate.link === undefined) throw new Error('nobody has connected');
      return gate.link;
    },
    async close() {
      for (const each of clients) each.close();
      server.close();
      await relay.close();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

let deviceCount = 0;

/** A machine as a test drives it: every message is the test's own. */
export class TestDevice {
  readonly identity = createIdentity();
  readonly membershipId: string;
  private readonly newClient: () => TunnelServiceClient;
  private epoch = 0;

  constructor(
    gate: FakeGate,
    newClient: () => TunnelServiceClient,
    change: Partial<KnownMembership> = {},
  ) {
    deviceCount += 1;
    this.membershipId = `member-${deviceCount}`;
    this.newClient = newClient;
    gate.members.set(this.membershipId, {
      ...{ membershipId: this.membershipId, poolId: 'pool', poolName: 'Lake' },
      ...{ gatewayName: 'home', personName: 'Bob', personId: 'bob' },
      ...{ role: 'member', trust: 'own', mayServe: true, mayAsk: true },
      ...{ publicKey: this.identity.publicKey, epoch: 0 },
      ...change,
    });
  }

  /** Opens Control on a socket of its own and answers the challenge. Nothing of it is checked here. */
  async hello(change: Partial<Hello> & { readonly dialled?: string } = {}): Promise<OpenControl> {
    const client = this.newClient();
    const stream = client.control();
    const inbox = inboxOf<NonNullable<ControlResponse['message']>>(stream);
    const { nonce } = await inbox.next('challenge');
    this.epoch = change.epoch ?? this.epoch + 1;
    const { dialled = ownPin, ...fields } = change;
    const parts = { dialled, membershipId: this.membershipId, epoch: this.epoch, nonce };
    const value: Hello = {
      membershipId: this.membershipId,
      epoch: this.epoch,
      signature: Buffer.from(signWith(this.identity.privateKey, signedPayload(parts))),
      protocolVersion,
      features: [],
      deviceTime: 1_700_000_000_000,
      resumable: [],
      ...fields,
    };
    const send = (message: NonNullable<ControlRequest['message']>): void => {
      stream.write({ message });
    };
    send({ $case: 'hello', value });
    return { client, stream, inbox, send, nonce, epoch: this.epoch };
  }

  /** Connects, offers one model with two slots, and is ready for work. */
  async connect(change: Partial<Hello> = {}): Promise<Connected> {
    const open = await this.hello(change);
    const { session } = await open.inbox.next('ready');
    open.send({ $case: 'advert', value: { version: 1, json: encodeAdvert(testAdvert) } });
    return { ...open, session };
  }
}

export interface OpenControl {
  readonly client: TunnelServiceClient;
  readonly stream: ClientDuplexStream<ControlRequest, ControlResponse>;
  readonly inbox: Inbox<NonNullable<ControlResponse['message']>>;
  send(message: NonNullable<ControlRequest['message']>): void;
  readonly nonce: Buffer;
  readonly epoch: number;
}

export interface Connected extends OpenControl {
  readonly session: Buffer;
}

export interface OpenRun {
  readonly stream: ClientDuplexStream<RunRequest, RunResponse>;
  readonly inbox: Inbox<NonNullable<RunResponse['message']>>;
  /** One frame with these tokens. */
  frame(sequence: number, ...tokens: readonly number[]): void;
  end(sequence: number): void;
}

/** Accepts an assignment, or comes back for it. */
export function openRun(
  { client, session, epoch }: Connected,
  { requestId, ticket }: Assign,
  change: { readonly isResume?: boolean; readonly ticket?: Buffer; readonly epoch?: number } = {},
): OpenRun {
  const stream = client.run();
  const inbox = inboxOf<NonNullable<RunResponse['message']>>(stream);
  const open = { requestId, ticket, epoch, session, isResume: false, ...change };
  stream.write({ message: { $case: 'open', value: open } });
  return {
    stream,
    inbox,
    frame(sequence, ...tokens) {
      const chunks = tokens.map((token) => encodeChunk(tokenChunk(token)));
      stream.write({ message: { $case: 'frame', value: { sequence, chunks } } });
    },
    end(sequence) {
      stream.write({ message: { $case: 'end', value: { sequence, failure: undefined } } });
    },
  };
}

export function openCall({ client }: OpenControl) {
  const stream: ClientDuplexStream<CallRequest, CallResponse> = client.call();
  const inbox = inboxOf<NonNullable<CallResponse['message']>>(stream);
  const send = (message: NonNullable<CallRequest['message']>): void => {
    stream.write({ message });
  };
  return { stream, inbox, send };
}

export function tokenChunk(token: number): InferenceChunk {
  return { type: 'text', text: `${token} `, tokens: [token] };
}

/** The token ids of an answer, in the order in which they came. */
export function tokensOf(chunks: readonly InferenceChunk[]): number[] {
  return chunks.flatMap((chunk) => (chunk.type === 'text' ? [...(chunk.tokens ?? [])] : []));
}

export const testAdvert: NodeAdvert = {
  name: 'attic',
  hardware: {
    ...{ platform: 'linux', osName: 'Debian', cpuModel: 'Zen', physicalCores: 8 },
    ...{ totalMemoryBytes: 32e9, hasUnifiedMemory: false, gpus: [] },
  },
  models: [
    {
      ...{ id: 'guide', name: 'Guide', digest: 'd1', contextLength: 4096, slots: 2 },
      capabilities: {
        ...{ chat: true, completion: true, embedding: false, rerank: false },
        ...{ tools: true, reasoning: false, vision: false, continuation: true },
      },
      state: { phase: 'ready' },
    },
  ],
  versions: { millpond: '0.1.0' },
  sharing: { phase: 'sharing', reason: '', since: 0 },
  allowedCommands: ['load'],
};
