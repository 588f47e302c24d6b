import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import { parseAccount } from './hub-answers.ts';
import { HubCache } from './hub-cache.ts';
import {
  chooseEndpoint,
  hostOf,
  isOfflineByEnvironment,
  knownEndpoints,
  type HubEndpoint,
} from './hub-endpoint.ts';
import { hubClosed } from './hub-errors.ts';
import { lookAtHub } from './hub-look.ts';
import type { HubLook } from './hub-look.ts';
import { HubReader, type HubAccess } from './hub-reader.ts';
import type { Freshness, HubFileAddress, HubRepo, HubVariant } from './hub-repo.ts';
import { HubRequests, tokenHeader, type HubConnection } from './hub-requests.ts';
import { oldest, searchHub, type HubPage, type HubQuery } from './hub-search.ts';
import { HubTokens, parseToken, type HubToken } from './hub-token.ts';
import { parseModelAddress, resolveVariant } from './model-address.ts';
import type { Environment, HubLog, HubSecrets, HubSettings } from './ports.ts';
import { RemoteHeaders, resolvePath, type RemoteHeader } from './remote-header.ts';
import { readFileAt, readRepoPage, type RepoPage, type RepoRequest } from './repo-page.ts';
import { starterEntries } from './starters-data.ts';
import type { StarterModel } from './starters.ts';

export interface HubDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** For answers and headers of files; everything in it can be fetched again. */
  readonly cacheFolder: string;
  readonly settings: () => HubSettings;
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly secrets: HubSecrets;
  readonly logger: HubLog;
}

/** How things stand between this machine and the hub; asking for it opens no connection. */
export interface HubStatus {
  readonly endpoint: string;
  readonly endpointFrom: HubEndpoint['from'];
  readonly knownEndpoints: readonly { readonly name: string; readonly url: string }[];
  readonly tokenFrom: 'settings' | 'environment' | 'file' | 'none';
  readonly account?: string;
  readonly closedBy?: 'local-only' | 'environment';
}

/** Where a file's bytes are, and the headers that only this very address may see. */
export interface FileLocation {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the token among the headers comes from, for the sentence when it is refused. */
  readonly tokenFrom?: HubToken['from'];
}

/** What a name leads to. */
export interface ResolvedModel {
  readonly repo: HubRepo;
  readonly variant: HubVariant;
  readonly freshness: Freshness;
}

export interface LoadedStarters {
  readonly starters: readonly StarterModel[];
  readonly freshness: Freshness;
}

const accountMaxBytes = 256 * 1024;
const configMaxBytes = 1024 * 1024;
const starterMaxAgeMs = 24 * 60 * 60_000;
const starterRequestsAtOnce = 6;

/**
 * The Hugging Face Hub or a mirror of it. Failures are as `contract/hub.ts` names them; answers
 * that were given before stand in for a hub that cannot be asked, and say so.
 */
export class Hub {
  private readonly deps: HubDeps;
  private readonly requests: HubRequests;
  private readonly reader: HubReader;
  private readonly tokens: HubTokens;
  private readonly headers: RemoteHeaders;
  private readonly listeners = new Set<() => void>();
  private seenSettings: string;

  constructor(deps: HubDeps) {
    const { http, clock, cacheFolder } = deps;
    this.deps = deps;
    this.tokens = new HubTokens(deps);
    this.requests = new HubRequests({ http, clock });
    this.reader = new HubReader({
      requests: this.requests,
      cache: new HubCache({ folder: join(cacheFolder, 'answers') }),
      clock,
      access: () => this.access(),
    });
    this.headers = new RemoteHeaders({
      requests: this.requests,
      clock,
      folder: join(cacheFolder, 'headers'),
      endpoint: () => this.endpoint().url,
      connect: () => this.connect(),
    });
    this.seenSettings = this.describeSettings();
  }

  async status(): Promise<HubStatus> {
    const { url, from } = this.endpoint();
    const token = await this.tokens.tokenFor(url);
    const closedBy = this.closedBy();
    return {
      endpoint: url,
      endpointFrom: from,
      knownEndpoints,
      tokenFrom: token?.from ?? 'none',
      ...(token?.account !== undefined && { account: token.account }),
      ...(closedBy !== undefined && { closedBy }),
    };
  }

  /** Asks it for next to nothing, now. Rejects with why it cannot be reached. */
  async look(signal: AbortSignal): Promise<HubLook> {
    const access = await this.access();
    return await lookAtHub(this.requests, access, { clock: this.deps.clock, signal });
  }

  search(query: HubQuery, signal: AbortSignal): Promise<HubPage> {
    return searchHub(this.reader, query, signal);
  }

  repo(request: RepoRequest, signal: AbortSignal): Promise<RepoPage> {
    return readRepoPage(this.reader, request, signal);
  }

  /** The headers of a GGUF variant's files, fetched or from before: all that a prediction needs. */
  header(
    repo: Pick<HubRepo, 'repo' | 'commit'>,
    variant: HubVariant,
    signal: AbortSignal,
  ): Promise<RemoteHeader> {
    return this.headers.fetch(repo, variant, signal);
  }

  /** The `config.json` of an MLX repository as it is; the caller parses it. */
  async config(repo: Pick<HubRepo, 'repo' | 'commit'>, signal: AbortSignal): Promise<string> {
    return await readFileAt(this.reader, {
      repo: repo.repo,
      commit: repo.commit,
      path: 'config.json',
      maxBytes: configMaxBytes,
      signal,
    });
  }

  /**
   * Where a file's bytes are at the endpoint in force now. The headers are for this address alone,
   * never for where it redirects to.
   */
  async locate(address: HubFileAddress): Promise<FileLocation> {
    const connection = await this.connect();
    const url = `${connection.endpoint}${resolvePath(address)}`;
    const { token } = connection;
    return {
      url,
      headers: tokenHeader(connection, url),
      ...(token !== undefined && { tokenFrom: token.from }),
    };
  }

  /**
   * Finds what a person named, such as `hf:org/name:Q4_K_M` or the address of a page. `prefer` chooses
   * where the name says no quantization; without a choice it is the usual one.
   */
  async resolve(
    name: string,
    signal: AbortSignal,
    prefer: (repo: HubRepo) => HubVariant | undefined = () => undefined,
  ): Promise<ResolvedModel> {
    const { repo, revision, ...wanted } = parseModelAddress(name, this.endpoint().url);
    const request = { repo, ...(revision !== undefined && { revision }) };
    const page = await this.repo(request, signal);
    const isOpen = wanted.quantization === undefined && wanted.file === undefined;
    const preferred = isOpen ? prefer(page.repo) : undefined;
    return { ...page, variant: preferred ?? resolveVariant(page.repo, wanted) };
  }

  /**
   * Keeps a token that the hub accepts, for this hub alone; empty takes it away. Rejects with
   * `token-refused` and keeps what was before.
   */
  async setToken(text: string, signal: AbortSignal): Promise<HubStatus> {
    if (text.trim() === '') {
      await this.tokens.forget();
    } else {
      const value = parseToken(text);
      const endpoint = (await this.connect()).endpoint;
      const account = await this.whoAmI({ endpoint, token: { value, from: 'settings' } }, signal);
      await this.tokens.keep(value, endpoint, account);
      this.deps.logger.info({ host: hostOf(endpoint), account }, 'hub token accepted');
    }
    this.announce();
    return await this.status();
  }

  /** The curated repositories as the hub knows them, remembered for a day; missing ones are left out. */
  async starters(signal: AbortSignal): Promise<LoadedStarters> {
    const waiting = [...starterEntries];
    const found: StarterModel[] = [];
    const answers: Freshness[] = [];
    const failures: MillpondError[] = [];
    const work = async (): Promise<void> => {
      for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
        try {
          const request = { repo: entry.repo, maxAgeMs: starterMaxAgeMs, hasCard: false };
          const page = await this.repo(request, signal);
          found.push({ entry, repo: page.repo });
          answers.push(page.freshness);
        } catch (error) {
          signal.throwIfAborted();
          failures.push(MillpondError.from(error)); // Gone or not reached: the others still count.
        }
      }
    };
    await Promise.all(Array.from({ length: starterRequestsAtOnce }, work));
    const [failure] = failures;
    if (found.length === 0 && failure !== undefined) throw failure;
    return { starters: found, freshness: oldest(answers) };
  }

  /** Called after another hub, another token or an open network may let a stopped download go on. */
  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** To be called when preferences were changed; says so to listeners when it concerns the hub. */
  settingsChanged(): void {
    const now = this.describeSettings();
    if (now === this.seenSettings) return;
    this.seenSettings = now;
    this.announce();
  }

  private announce(): void {
    for (const listener of this.listeners) listener();
  }

  private async whoAmI(connection: HubConnection, signal: AbortSignal): Promise<string> {
    const { body } = await this.requests.get(connection, {
      path: '/api/whoami-v2',
      maxBytes: accountMaxBytes,
      signal,
    });
    return parseAccount(body ?? '', connection.endpoint);
  }

  /** Rejects with `hub-closed` while nothing may be asked. */
  private async connect(): Promise<HubConnection> {
    const access = await this.access();
    if (access.closedBy !== undefined) throw hubClosed(access.closedBy);
    return access;
  }

  private async access(): Promise<HubAccess> {
    const { url } = this.endpoint();
    const token = await this.tokens.tokenFor(url);
    const closedBy = this.closedBy();
    return {
      endpoint: url,
      ...(token !== undefined && { token }),
      ...(closedBy !== undefined && { closedBy }),
    };
  }

  private endpoint(): HubEndpoint {
    return chooseEndpoint(this.deps.settings().endpoint, this.deps.environment);
  }

  private closedBy(): HubAccess['closedBy'] {
    if (this.deps.settings().isLocalOnly) return 'local-only';
    return isOfflineByEnvironment(this.deps.environment) ? 'environment' : undefined;
  }

  private describeSettings(): string {
    return JSON.stringify([this.endpoint().url, this.closedBy()]);
  }
}
