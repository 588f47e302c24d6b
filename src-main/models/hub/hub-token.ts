import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import { chooseEndpoint, officialEndpoint, originOf } from './hub-endpoint.ts';
import type { Environment, HubLog, HubSecrets } from './ports.ts';

export interface HubToken {
  /** Never logged, never part of an answer. */
  readonly value: string;
  readonly from: 'settings' | 'environment' | 'file';
  /** The account behind it, where the hub has said so. */
  readonly account?: string;
}

interface HubTokensDeps {
  readonly secrets: HubSecrets;
  readonly environment: Environment;
  readonly homeFolder: string;
  readonly logger: HubLog;
}

const secretName = 'hub-token';

/** `origin` is the hub that said whose token it is: nobody else is shown it. */
const keptToken = z.object({ value: z.string(), origin: z.string(), account: z.string() });
type KeptToken = z.infer<typeof keptToken>;

/**
 * Which token a hub may see. A token belongs to one origin: a person's own to the hub that accepted
 * it, one of the environment or of Hugging Face's token file to the official hub or `HF_ENDPOINT`.
 */
export class HubTokens {
  private readonly deps: HubTokensDeps;
  private kept: Promise<KeptToken | undefined> | undefined;

  constructor(deps: HubTokensDeps) {
    this.deps = deps;
  }

  /** The token for this endpoint; undefined when there is none that it may see. */
  async tokenFor(endpoint: string): Promise<HubToken | undefined> {
    const origin = originOf(endpoint);
    const own = await this.readKept();
    if (own !== undefined && own.origin === origin) {
      return { value: own.value, from: 'settings', account: own.account };
    }
    if (!this.isHomeOfForeignTokens(origin)) return undefined;
    const { environment } = this.deps;
    const named = clean(environment['HF_TOKEN'] ?? environment['HUGGING_FACE_HUB_TOKEN']);
    if (named !== undefined) return { value: named, from: 'environment' };
    const filed = clean(await readFile(this.tokenPath(), 'utf8').catch(() => undefined));
    return filed === undefined ? undefined : { value: filed, from: 'file' };
  }

  /** Keeps a token that `endpoint` has accepted. */
  async keep(value: string, endpoint: string, account: string): Promise<void> {
    const token = { value, origin: originOf(endpoint) ?? '', account };
    await this.deps.secrets.write(secretName, JSON.stringify(token));
    this.kept = Promise.resolve(token);
  }

  /** Takes the person's own token away. */
  async forget(): Promise<void> {
    await this.deps.secrets.write(secretName, undefined);
    this.kept = Promise.resolve(undefined);
  }

  /** A store that cannot be read now closes what needs the token, not the whole hub. */
  private readKept(): Promise<KeptToken | undefined> {
    this.kept ??= this.deps.secrets.read(secretName).then(parseKept, (error: unknown) => {
      this.kept = undefined; // Asked again next time: it may only be locked.
      this.deps.logger.warn({ error }, 'hub token cannot be read');
      return undefined;
    });
    return this.kept;
  }

  private isHomeOfForeignTokens(origin: string | undefined): boolean {
    const { environment } = this.deps;
    if (/^(?:1|on|yes|true)$/i.test(environment['HF_HUB_DISABLE_IMPLICIT_TOKEN'] ?? '')) {
      return false;
    }
    const homes = [officialEndpoint, chooseEndpoint('', environment).url].map(originOf);
    return origin !== undefined && homes.includes(origin);
  }

  private tokenPath(): string {
    const { environment, homeFolder } = this.deps;
    const cache = environment['XDG_CACHE_HOME'] ?? join(homeFolder, '.cache');
    const home = environment['HF_HOME'] ?? join(cache, 'huggingface');
    const path = environment['HF_TOKEN_PATH'] ?? join(home, 'token');
    return path.startsWith('~') ? join(homeFolder, path.slice(1)) : path;
  }
}

/** A pasted token without the white space around it. Throws `invalid-request` when it cannot be one. */
export function parseToken(text: string): string {
  const token = clean(text);
  if (token !== undefined) return token;
  throw new MillpondError(
    'invalid-request',
    'This is not an access token: it is one word of letters and digits, such as hf_…',
    { param: 'token' },
  );
}

/** Only what may stand in a header. */
function clean(text: string | undefined): string | undefined {
  const token = text?.trim() ?? '';
  return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}

function parseKept(text: string | undefined): KeptToken | undefined {
  if (text === undefined) return undefined;
  try {
    return keptToken.parse(JSON.parse(text));
  } catch {
    return undefined; // Written by nobody we know: as good as none.
  }
}
