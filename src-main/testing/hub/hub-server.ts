import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  describeFile,
  type HubContent,
  type HubFileFixture,
  type HubRepoFixture,
} from './hub-files.ts';
import { type HubFault, HubFaults } from './hub-fault.ts';
import { sendBody } from './send-body.ts';

/** What one of the two servers was asked, and how much it handed over. */
export interface HubRequest {
  readonly server: 'hub' | 'cdn';
  readonly method: string;
  readonly url: string;
  /** Inside the repository; empty for anything but a file. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** First byte of the file in the answer's body. */
  start: number;
  status: number;
  /** Bytes of the body that went into the socket so far. */
  sentBytes: number;
}

export interface TestHubOptions {
  readonly repos?: readonly HubRepoFixture[];
  /** May read gated and private repositories. */
  readonly acceptedTokens?: readonly string[];
  /** Asked first; true when it answered (the JSON API is plugged in here). */
  readonly routes?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** How long an address of the second host works. */
export interface SignedUrlLimits {
  readonly requests?: number;
  readonly lifeMs?: number;
}

export interface TestHub extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40001`: what an endpoint setting names. */
  readonly origin: string;
  /** Where files in LFS really come from: another host. */
  readonly cdnOrigin: string;
  readonly requests: HubRequest[];
  readonly faults: HubFaults;
  readonly repos: Map<string, HubRepoFixture>;
  /** Addresses handed out from now on expire; undefined: never. */
  signedUrlLimits: SignedUrlLimits | undefined;
  /** Drops every connection and refuses new ones; false brings both servers back. */
  setDead(isDead: boolean): void;
  /** Shorthand for `faults.add`. */
  break(path: string, fault: HubFault): () => void;
}

interface SignedUrl {
  readonly file: HubFileFixture;
  readonly limits: SignedUrlLimits;
  readonly madeAt: number;
  uses: number;
}

/**
 * The Hub's download semantics on two loopback ports: `/{repo}/resolve/{revision}/{path}` redirects
 * files in LFS to a second host with a signed address, and others to an address of its own.
 */
export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const hub = new HubServers(options);
  await hub.listen();
  return hub;
}

class HubServers implements TestHub {
  origin = '';
  cdnOrigin = '';
  readonly requests: HubRequest[] = [];
  readonly faults = new HubFaults();
  readonly repos = new Map<string, HubRepoFixture>();
  signedUrlLimits: SignedUrlLimits | undefined;
  private readonly options: TestHubOptions;
  private readonly described = new Map<HubContent, HubFileFixture>();
  private readonly signed = new Map<string, SignedUrl>();
  private readonly sockets = new Set<Socket>();
  private readonly servers: Server[] = [];
  private isDead = false;

  constructor(options: TestHubOptions) {
    this.options = options;
    for (const repo of options.repos ?? []) this.repos.set(repo.repo, repo);
  }

  async listen(): Promise<void> {
    this.origin = await this.serve((request, response) => this.answerHub(request, response));
    this.cdnOrigin = await this.serve((request, response) => this.answerCdn(request, response));
  }

  setDead(isDead: boolean): void {
    this.isDead = isDead;
    if (isDead) for (const socket of this.sockets) socket.destroy();
  }

  break(path: string, fault: HubFault): () => void {
    return this.faults.add(path, fault);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(
      this.servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    );
  }

  private serve(
    answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  ): Promise<string> {
    const server = createServer((request, response) => {
      void answer(request, response).catch(() => response.destroy());
    });
    server.on('connection', (socket) => {
      if (this.isDead) socket.destroy();
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.servers.push(server);
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
        resolve(`http://127.0.0.1:${port}`);
      });
    });
  }

  private async answerHub(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://hub');
    const cached = /^\/api\/resolve-cache\/models\/([^/]+\/[^/]+)\/([^/]+)\/(.+)$/.exec(pathname);
    const found = cached ?? /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(pathname);
    const [, name = '', revision = '', rawPath = ''] = found ?? [];
    const path = decodeURIComponent(rawPath);
    const log = this.record('hub', request, path);
    if (this.options.routes?.(request, response) === true) return;
    const repo = this.repos.get(name);
    const refusal = this.refusalOf(repo, request) ?? missing(repo, revision, path);
    if (refusal !== undefined) {
      log.status = refusal.status;
      response.writeHead(refusal.status, {
        'x-error-code': refusal.code,
        'x-error-message': refusal.message,
      });
      response.end(refusal.message);
      return;
    }
    const content = repo?.files.get(path);
    if (repo === undefined || content === undefined) return;
    const file = this.fileOf(path, content);
    if (cached !== null) {
      await this.sendFile({ request, response, file, log, etag: `"${file.gitSha1}"` });
      return;
    }
    this.redirect({ repo, file, response, log });
  }

  /** What the Hub says before a file: its commit, its size and digest, and where it is. */
  private redirect(answer: {
    readonly repo: HubRepoFixture;
    readonly file: HubFileFixture;
    readonly response: ServerResponse;
    readonly log: HubRequest;
  }): void {
    const { repo, file, response, log } = answer;
    const fault = this.faults.take('hub', file.path, { start: 0, end: file.sizeBytes });
    if (fault.status !== undefined) {
      log.status = fault.status;
      response.writeHead(fault.status, retryAfter(fault));
      response.end();
      return;
    }
    const path = file.path.split('/').map(encodeURIComponent).join('/');
    const location = file.isLfs
      ? this.sign(file)
      : `/api/resolve-cache/models/${repo.repo}/${repo.commit}/${path}`;
    log.status = file.isLfs ? 302 : 307;
    response.writeHead(log.status, {
      location,
      'x-repo-commit': repo.commit,
      'accept-ranges': 'bytes',
      ...(file.isLfs
        ? {
            'x-linked-size': String(file.sizeBytes),
            'x-linked-etag': fault.etag ?? `"${file.sha256}"`,
          }
        : { etag: `"${file.gitSha1}"` }),
    });
    response.end();
  }

  private async answerCdn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const signature = new URL(request.url ?? '/', 'http://cdn').searchParams.get('Signature');
    const signed = this.signed.get(signature ?? '');
    const log = this.record('cdn', request, signed?.file.path ?? '');
    if (signed === undefined || isExpired(signed)) {
      log.status = 403;
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end(
        '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
      );
      return;
    }
    signed.uses += 1;
    const { file } = signed;
    await this.sendFile({ request, response, file, log, etag: `"${file.sha256}"` });
  }

  private async sendFile(answer: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly file: HubFileFixture;
    readonly etag: string;
    readonly log: HubRequest;
  }): Promise<void> {
    const { request, response, file, log } = answer;
    const asked = parseRange(request.headers.range, file.sizeBytes);
    const fault = this.faults.take('cdn', file.path, asked ?? { start: 0, end: file.sizeBytes });
    const etag = fault.etag ?? answer.etag;
    if (fault.status !== undefined) {
      log.status = fault.status;
      response.writeHead(fault.status, retryAfter(fault)).end();
      return;
    }
    if (fault.html === true) {
      log.status = 200;
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Welcome to the hotel</title>');
      return;
    }
    const ifRange = request.headers['if-range'];
    const isPart = asked !== undefined && !fault.ignoresRange && (ifRange ?? etag) === etag;
    const { start, end } = isPart ? asked : { start: 0, end: file.sizeBytes };
    if (isPart && start >= file.sizeBytes) {
      log.status = 416;
      response.writeHead(416, { 'content-range': `bytes */${file.sizeBytes}` }).end();
      return;
    }
    log.status = isPart ? 206 : 200;
    log.start = start;
    const shown = start + (fault.rangeOff ?? 0);
    response.writeHead(log.status, {
      etag,
      'accept-ranges': fault.ignoresRange === true ? 'none' : 'bytes',
      'content-type': 'application/octet-stream',
      'content-length': end - start + (fault.lengthOff ?? 0),
      ...(isPart && { 'content-range': `bytes ${shown}-${end - 1}/${file.sizeBytes}` }),
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const onSent = (bytes: number): void => void (log.sentBytes += bytes);
    await sendBody(response, { content: file.content, start, end, fault, onSent });
  }

  private refusalOf(repo: HubRepoFixture | undefined, request: IncomingMessage) {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const isAccepted = token !== undefined && this.options.acceptedTokens?.includes(token) === true;
    if (repo === undefined || (repo.isPrivate === true && !isAccepted)) {
      const status = token === undefined ? 401 : 404;
      return { status, code: 'RepoNotFound', message: 'Repository not found' };
    }
    if (repo.isGated !== true || isAccepted) return undefined;
    const status = token === undefined ? 401 : 403;
    return { status, code: 'GatedRepo', message: `Access to model ${repo.repo} is restricted.` };
  }

  private sign(file: HubFileFixture): string {
    const signature = `s${this.signed.size + 1}`;
    const limits = this.signedUrlLimits ?? {};
    this.signed.set(signature, { file, limits, madeAt: Date.now(), uses: 0 });
    return `${this.cdnOrigin}/repos/${file.sha256}?Expires=1&Signature=${signature}`;
  }

  private fileOf(path: string, content: HubContent): HubFileFixture {
    const known = this.described.get(content);
    if (known?.path === path) return known;
    const file = describeFile(path, content);
    this.described.set(content, file);
    return file;
  }

  private record(server: 'hub' | 'cdn', request: IncomingMessage, path: string): HubRequest {
    const { method = '', url = '', headers } = request;
    const entry = { server, method, url, path, headers, start: 0, status: 0, sentBytes: 0 };
    this.requests.push(entry);
    return entry;
  }
}

function missing(repo: HubRepoFixture | undefined, revision: string, path: string) {
  if (repo !== undefined && revision !== repo.commit && revision !== 'main') {
    return { status: 404, code: 'RevisionNotFound', message: `Invalid rev id: ${revision}` };
  }
  if (repo?.files.has(path) === true) return undefined;
  return { status: 404, code: 'EntryNotFound', message: 'Entry not found' };
}

function isExpired({ limits, madeAt, uses }: SignedUrl): boolean {
  return uses >= (limits.requests ?? Infinity) || Date.now() - madeAt > (limits.lifeMs ?? Infinity);
}

function retryAfter({ retryAfter: seconds }: HubFault): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

/** Half-open; undefined for a request of the whole file. */
function parseRange(header: string | undefined, sizeBytes: number) {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined) return undefined;
  const end = last === undefined || last === '' ? sizeBytes : Number(last) + 1;
  return { start: Number(first), end: Math.min(end, sizeBytes) };
}
