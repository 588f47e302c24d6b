import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeFile, type HubRepoFixture } from './hub-files.ts';
import { type TestHub, startTestHub } from './hub-server.ts';

/** A repository with what the Hub's JSON API says about it. */
export interface HubModelFixture extends HubRepoFixture {
  readonly downloads?: number;
  /** ISO 8601. */
  readonly lastModified?: string;
  readonly task?: string;
  readonly library?: string;
  readonly tags?: readonly string[];
  readonly gguf?: Readonly<Record<string, unknown>>;
  readonly safetensors?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly cardData?: Readonly<Record<string, unknown>>;
  /** What it was called before: that name redirects here. */
  readonly formerName?: string;
}

export interface TestModelHubOptions {
  readonly models: readonly HubModelFixture[];
  /** Account names by their token. */
  readonly accounts?: Readonly<Record<string, string>>;
}

/** An answer that takes the place of the right one. */
export interface ApiFault {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TestModelHub extends TestHub {
  readonly models: HubModelFixture[];
  /** The next so many calls of the API are answered with this. */
  failApi(times: number, fault: ApiFault): void;
}

interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts the Hub's downloads and its JSON API together: search, model pages, file trees, accounts. */
export async function startTestModelHub(options: TestModelHubOptions): Promise<TestModelHub> {
  const models = [...options.models];
  const accounts = options.accounts ?? {};
  const faults: ApiFault[] = [];
  const api = new HubApi(models, accounts, faults);
  const hub = await startTestHub({
    repos: models,
    acceptedTokens: Object.keys(accounts),
    routes: (request, response) => api.answer(request, response),
  });
  const failApi = (times: number, fault: ApiFault): void => {
    for (let count = 0; count < times; count++) faults.push(fault);
  };
  return Object.assign(hub, { models, failApi });
}

class HubApi {
  private readonly models: readonly HubModelFixture[];
  private readonly accounts: Readonly<Record<string, string>>;
  private readonly faults: ApiFault[];

  constructor(
    models: readonly HubModelFixture[],
    accounts: Readonly<Record<string, string>>,
    faults: ApiFault[],
  ) {
    this.models = models;
    this.accounts = accounts;
    this.faults = faults;
  }

  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const isApi = /^\/api\/(?:models|whoami-v2)(?:\/|$)/.test(url.pathname);
    const isWrong = token !== undefined && this.accounts[token] === undefined;
    if (!isApi && !isWrong) return false;
    const fault = isApi ? this.faults.shift() : undefined;
    if (fault !== undefined) {
      response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return true;
    }
    const refusal = error(401, 'Invalid credentials in Authorization header');
    send(request, response, isWrong ? refusal : this.answerApi(url, token));
    return true;
  }

  private answerApi(url: URL, token: string | undefined): ApiAnswer {
    if (url.pathname === '/api/whoami-v2') return this.whoAmI(token);
    if (url.pathname === '/api/models') return this.search(url, token);
    const [, repo = '', kind, revision = 'main'] =
      /^\/api\/models\/([^/]+\/[^/]+)(?:\/(revision|tree)\/([^/]+))?$/.exec(url.pathname) ?? [];
    const moved = this.models.find(({ formerName }) => formerName === repo);
    if (moved !== undefined) {
      const location = url.pathname.replace(repo, moved.repo) + url.search;
      return { status: 307, body: '', headers: { location } };
    }
    const model = this.models.find((one) => one.repo === repo && isVisible(one, token));
    if (model === undefined) {
      // Nobody learns which private repositories exist: without a token a missing one looks alike.
      return token === undefined
        ? error(401, 'Invalid username or password.')
        : error(404, 'Repository not found', 'RepoNotFound');
    }
    if (![model.commit, 'main'].includes(decodeURIComponent(revision))) {
      return error(404, `Invalid rev id: ${revision}`, 'RevisionNotFound');
    }
    return kind === 'tree' ? treeOf(model, url) : { status: 200, body: infoOf(model, url) };
  }

  private whoAmI(token: string | undefined): ApiAnswer {
    const name = token === undefined ? undefined : this.accounts[token];
    if (name === undefined) return error(401, 'Invalid username or password.');
    const accessToken = {
      displayName: 'test',
      role: 'read',
      createdAt: '2025-01-01T00:00:00.000Z',
    };
    const auth = { type: 'access_token', accessToken };
    return { status: 200, body: { type: 'user', id: '1', name, fullname: name, orgs: [], auth } };
  }

  private search(url: URL, token: string | undefined): ApiAnswer {
    const found = this.models
      .filter((one) => isVisible(one, token) && matches(one, url))
      .toSorted(orderOf(url));
    return page(
      found.map((model) => infoOf(model, url)),
      url,
      20,
    );
  }
}

function matches(model: HubModelFixture, { searchParams: asked }: URL): boolean {
  const words = (asked.get('search') ?? '').toLowerCase().split(/\s+/);
  const author = asked.get('author');
  const task = asked.get('pipeline_tag');
  const tags = [...(model.tags ?? []), model.library ?? ''];
  return (
    words.every((word) => model.repo.toLowerCase().includes(word)) &&
    asked.getAll('filter').every((tag) => tags.includes(tag)) &&
    (author === null || model.repo.startsWith(`${author}/`)) &&
    (task === null || model.task === task) &&
    isInRange(model, asked.get('num_parameters'))
  );
}

/** `min:3B,max:8B`, by what the Hub counted. */
function isInRange(model: HubModelFixture, range: string | null): boolean {
  if (range === null) return true;
  const total = Number(model.gguf?.['total'] ?? model.safetensors?.['total'] ?? Number.NaN);
  return range.split(',').every((part) => {
    const [bound = '', text = ''] = part.split(':');
    const limit = Number.parseFloat(text) * (/M$/i.test(text) ? 1e6 : 1e9);
    return bound === 'min' ? total >= limit : total <= limit;
  });
}

function orderOf(url: URL): (a: HubModelFixture, b: HubModelFixture) => number {
  const sort = url.searchParams.get('sort');
  if (sort === 'downloads') return (a, b) => (b.downloads ?? 0) - (a.downloads ?? 0);
  if (sort !== 'lastModified') return () => 0;
  return (a, b) => (b.lastModified ?? '').localeCompare(a.lastModified ?? '');
}

/** Everything, or with `expand[]` just the named fields. */
function infoOf(model: HubModelFixture, url: URL): Record<string, unknown> {
  const all: Record<string, unknown> = {
    sha: model.commit,
    author: model.repo.split('/')[0],
    downloads: model.downloads ?? 0,
    lastModified: model.lastModified ?? '2025-06-01T12:00:00.000Z',
    private: model.isPrivate === true,
    gated: model.isGated === true ? 'manual' : false,
    tags: model.tags ?? [],
    ...(model.task !== undefined && { pipeline_tag: model.task }),
    ...(model.library !== undefined && { library_name: model.library }),
    ...(model.gguf !== undefined && { gguf: model.gguf }),
    ...(model.safetensors !== undefined && { safetensors: model.safetensors }),
    ...(model.config !== undefined && { config: model.config }),
    ...(model.cardData !== undefined && { cardData: model.cardData }),
  };
  const identity = { _id: createHash('sha1').update(model.repo).digest('hex'), id: model.repo };
  const asked = url.searchParams.getAll('expand[]');
  const shown = Object.entries(all).filter(
    ([field]) => asked.length === 0 || asked.includes(field),
  );
  return { ...identity, ...Object.fromEntries(shown) };
}

function treeOf(model: HubModelFixture, url: URL): ApiAnswer {
  const folders = new Set(
    [...model.files.keys()].flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, index, names) => names.slice(0, index + 1).join('/')),
    ),
  );
  const entries = [
    ...[...folders].map((path) => ({ type: 'directory', oid: gitId(path), size: 0, path })),
    ...[...model.files].map(([path, content]) => {
      const file = describeFile(path, content);
      const lfs = { oid: file.sha256, size: file.sizeBytes, pointerSize: 135 };
      return {
        type: 'file',
        oid: file.isLfs ? gitId(`pointer ${path}`) : file.gitSha1,
        size: file.sizeBytes,
        path,
        ...(file.isLfs && { lfs }),
      };
    }),
  ];
  return page(entries, url, 1000);
}

/** One page, and in the `Link` header where the next one is. */
function page(all: readonly unknown[], url: URL, usualSize: number): ApiAnswer {
  const size = Number(url.searchParams.get('limit') ?? usualSize);
  const cursor = url.searchParams.get('cursor');
  const start = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64').toString());
  const body = all.slice(start, start + size);
  if (start + size >= all.length) return { status: 200, body };
  const next = new URL(url);
  next.searchParams.set('cursor', Buffer.from(String(start + size)).toString('base64'));
  return { status: 200, body, headers: { link: `<${next.href}>; rel="next"` } };
}

function isVisible(model: HubModelFixture, token: string | undefined): boolean {
  return model.isPrivate !== true || token !== undefined;
}

function error(status: number, message: string, code?: string): ApiAnswer {
  const headers = {
    'x-error-message': message,
    ...(code !== undefined && { 'x-error-code': code }),
  };
  return { status, body: { error: message }, headers };
}

function send(request: IncomingMessage, response: ServerResponse, answer: ApiAnswer): void {
  const text = JSON.stringify(answer.body);
  const etag = `W/"${createHash('sha1').update(text).digest('base64')}"`;
  const isKnown = answer.status === 200 && request.headers['if-none-match'] === etag;
  response.writeHead(isKnown ? 304 : answer.status, {
    'content-type': 'application/json; charset=utf-8',
    ...(answer.status === 200 && { etag }),
    ...answer.headers,
  });
  response.end(isKnown ? undefined : text);
}

function gitId(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
