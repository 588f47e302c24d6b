import { MillpondError } from '../../core/error.ts';
import { decodePath } from './model-path.ts';

export interface ProxyPath {
  /** As the caller spelled it, decoded. */
  readonly model: string;
  /** Below the provider's address, with its leading slash and escaped as it came. */
  readonly tail: string;
}

/** No id has more parts than these. */
const maxIdParts = 10;

/**
 * Splits `{model}/{path}`. Ids contain slashes, raw or as `%2F`: of several readings the longest known id
 * wins. Undefined when no reading begins with a known id that something follows.
 */
export function splitProxyPath(
  rest: string,
  isKnown: (model: string) => boolean,
): ProxyPath | undefined {
  const slashes: number[] = [];
  for (let at = rest.indexOf('/'); at !== -1 && slashes.length < maxIdParts;) {
    slashes.push(at);
    at = rest.indexOf('/', at + 1);
  }
  for (const at of slashes.toReversed()) {
    const model = decodePath(rest.slice(0, at));
    if (model === undefined || model === '' || at === rest.length - 1) continue;
    if (isKnown(model)) return { model, tail: rest.slice(at) };
  }
  return undefined;
}

/**
 * Refuses paths that could lead out of the provider's own address: dot segments, however they are
 * written, backslashes, empty segments and control characters. Throws `invalid-request`.
 */
export function checkTail(tail: string): void {
  let text = tail;
  // Some servers decode twice.
  for (let round = 0; round < 3; round += 1) {
    const segments = text.slice(1).split('/');
    const isStrange =
      /[\\\x00-\x1f\x7f]/.test(text) ||
      segments.slice(0, -1).includes('') ||
      segments.some((segment) => /^\.\.?(?:;|$)/.test(segment));
    if (isStrange) throw strangePath();
    const decoded = decodePath(text);
    if (decoded === undefined) throw strangePath();
    if (decoded === text) return;
    text = decoded;
  }
  throw strangePath();
}

function strangePath(): MillpondError {
  return new MillpondError(
    'invalid-request',
    'The path behind the model may have no dot segments, backslashes or empty parts',
    { reason: 'invalid_path' },
  );
}

/**
 * Belong to the provider's whole account, and so to everybody who uses its key; or make keys that lead
 * past this gateway.
 */
const accountPaths: ReadonlySet<string> = new Set([
  ...['admin', 'agents', 'assistants', 'auth', 'batch', 'batches', 'beta', 'cachedcontents'],
  ...['chatkit', 'containers', 'conversations', 'credits', 'dashboard', 'endpoints', 'evals'],
  ...['files', 'fine-tunes', 'fine_tuning', 'generation', 'jobs', 'key', 'keys', 'libraries'],
  ...['messages/batches', 'organization', 'organizations', 'projects', 'realtime', 'responses'],
  ...['skills', 'threads', 'tunedmodels', 'uploads', 'usage', 'user', 'users', 'vector_stores'],
  'videos',
]);

/**
 * Refuses what belongs to a provider's whole account to callers with whom it is only shared: they would
 * read and delete what others keep there. Throws `forbidden`.
 */
export function refuseAccountPath(method: string, tail: string): void {
  const [first = '', second = ''] = segmentsOf(tail);
  const creates = method === 'POST' && second === '';
  const isAnswer = creates && first === 'responses';
  const isKept = first === 'chat' && method !== 'POST';
  const removesModel = first === 'models' && method !== 'GET' && method !== 'HEAD';
  const isAccount = accountPaths.has(first) || accountPaths.has(`${first}/${second}`);
  if ((!isAccount || isAnswer) && !isKept && !removesModel) return;
  throw new MillpondError(
    'forbidden',
    `'${method} /${first}' reaches what everybody keeps at this provider; only its owner may ask for it`,
    { reason: 'account_path' },
  );
}

/** The model that a path asks for by its own name, as some APIs spell it; undefined where it names none. */
export function modelInTail(method: string, tail: string): string | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  const [first = '', second = ''] = segmentsOf(tail, (text) => text);
  const isModels = ['models', 'engines', 'deployments'].includes(first.toLowerCase());
  return isModels && second !== '' ? second.replace(/:[a-z]+$/i, '') : undefined;
}

/** As a server may read them that decodes twice, is lax about case and knows its API by other prefixes too. */
function segmentsOf(tail: string, fold = (text: string) => text.toLowerCase()): readonly string[] {
  let path = tail;
  for (let round = 0; round < 3; round += 1) path = decodePath(path) ?? path;
  const segments = fold(path)
    .slice(1)
    .split('/')
    .map((segment) => segment.replace(/;.*$/s, ''));
  while (segments.length > 1 && prefix.test(segments[0] ?? '')) segments.shift();
  return segments;
}

/** `v1` where the address of the provider is that of its server alone. */
const prefix = /^(?:v\d+(?:alpha|beta)?\d*|api|openai|compatible-mode)$/i;
