import { MillpondError } from '../../core/error.ts';
import { isRepoName } from './hub-answers.ts';
import { hostOf, knownEndpoints } from './hub-endpoint.ts';
import type { HubVariant } from './hub-repo.ts';

/** What a person named: a repository of the hub, and perhaps which part of it. */
export interface ModelAddress {
  /** `org/name`. */
  readonly repo: string;
  /** Branch, tag or commit; absent: the main branch. */
  readonly revision?: string;
  /** Which variant, as the person spelled it. */
  readonly quantization?: string;
  /** A file that the address points at. */
  readonly file?: string;
}

const shortHosts = ['huggingface.co', 'www.huggingface.co', 'hf.co'];
/** First segments of pages that hold no model. */
const noModel = new Set(['datasets', 'spaces', 'collections', 'papers', 'docs', 'blog', 'models']);

/**
 * Reads `hf:org/name:quant`, `hf.co/org/name:quant`, `org/name` or the address of a page below one
 * of the known hubs or `endpoint`. Throws `invalid-request` with one sentence.
 */
export function parseModelAddress(text: string, endpoint: string): ModelAddress {
  const name = text.trim();
  const rest = withoutPrefix(name, endpoint);
  if (rest === undefined) throw unknownHost(name);
  const [path = '', query = ''] = rest.split(/[?#]/, 2);
  const segments = path.split('/').filter((segment) => segment !== '');
  const [owner = '', repoAndQuant = '', kind, revision, ...file] = segments;
  if (noModel.has(owner)) {
    throw invalid(
      `${name} is a page of the hub without a model: open the model and copy its address`,
    );
  }
  const [repoName = '', quantization, ...more] = repoAndQuant.split(':');
  const repo = `${owner}/${repoName}`;
  if (!isRepoName(repo) || more.length > 0 || quantization === '') throw notAName(name);
  if (kind === undefined) {
    const shown = quantization ?? new URLSearchParams(query).get('show_file_info') ?? undefined;
    return { repo, ...asQuantOrFile(shown) };
  }
  if (!['tree', 'blob', 'resolve', 'raw'].includes(kind) || quantization !== undefined) {
    throw notAName(name);
  }
  return {
    repo,
    ...(revision !== undefined && { revision: decode(revision) }),
    ...(file.length > 0 && kind !== 'tree' && { file: file.map(decode).join('/') }),
  };
}

/**
 * The variant that is meant: by id, by its id without the `UD-` in front, or by one of its file
 * names. Without a name the usual choice. Throws `not-found` and says which there are.
 */
export function resolveVariant(
  repo: { readonly repo: string; readonly variants: readonly HubVariant[] },
  wanted: Pick<ModelAddress, 'quantization' | 'file'> = {},
): HubVariant {
  const { variants } = repo;
  const usual = usualVariant(variants);
  if (usual === undefined) {
    throw new MillpondError(
      'not-found',
      `${repo.repo} has no file that runs here: look for a repository with GGUF or MLX files`,
    );
  }
  const { quantization, file } = wanted;
  if (file !== undefined) {
    const holder = variants.find(({ files }) => files.some(({ path }) => path === file));
    if (holder !== undefined) return holder;
    throw unknownVariant(repo.repo, file, variants);
  }
  if (quantization === undefined) return usual;
  const match = findVariant(variants, quantization);
  if (match !== undefined) return match;
  throw unknownVariant(repo.repo, quantization, variants);
}

/** What is taken when nobody chose: `Q4_K_M`, else a balanced one, else the smallest. */
export function usualVariant(variants: readonly HubVariant[]): HubVariant | undefined {
  const usual = ['Q4_K_M', 'UD-Q4_K_XL', 'MXFP4', 'Q4_0'];
  return (
    usual.map((id) => variants.find((variant) => variant.id === id)).find(Boolean) ??
    variants.findLast(({ tier }) => tier === 'balanced') ??
    variants[0]
  );
}

function findVariant(variants: readonly HubVariant[], name: string): HubVariant | undefined {
  const wanted = name.toLowerCase().replace(/\.gguf$/, '');
  const spellings = (variant: HubVariant): readonly string[] => [
    variant.id.toLowerCase(),
    ...variant.files.map(({ path }) => (path.split('/').at(-1) ?? '').toLowerCase()),
  ];
  return (
    variants.find(({ id }) => id === name) ??
    variants.find(({ id }) => id.toLowerCase() === wanted) ??
    variants.find(({ id }) => id.toLowerCase().replace(/^ud-/, '') === wanted) ??
    variants.find((variant) => spellings(variant).includes(`${wanted}.gguf`))
  );
}

/** `latest` is what Ollama calls the usual choice. */
function asQuantOrFile(text: string | undefined): Pick<ModelAddress, 'quantization' | 'file'> {
  if (text === undefined || text.toLowerCase() === 'latest') return {};
  return /\.gguf$/i.test(text) && text.includes('/') ? { file: text } : { quantization: text };
}

/** What stands behind scheme and host; undefined for a host that is no hub. */
function withoutPrefix(name: string, endpoint: string): string | undefined {
  if (/^hf:(?!\/\/)/i.test(name)) return name.slice(3);
  if (/^https?:\/\//i.test(name)) {
    const hubs = [endpoint, ...knownEndpoints.map(({ url }) => url)];
    const below = hubs.find((hub) => name.startsWith(`${hub}/`));
    if (below !== undefined) return name.slice(below.length);
    const url = URL.parse(name);
    if (url !== null && shortHosts.includes(url.host)) return url.pathname + url.search;
    return undefined;
  }
  const host = [
    ...shortHosts,
    ...knownEndpoints.map(({ url }) => hostOf(url)),
    hostOf(endpoint),
  ].find((candidate) => name.toLowerCase().startsWith(`${candidate}/`));
  return host === undefined ? name : name.slice(host.length);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // A percent sign that means itself.
  }
}

function unknownVariant(
  repo: string,
  wanted: string,
  variants: readonly HubVariant[],
): MillpondError {
  const ids = variants.map(({ id }) => id).join(', ');
  return new MillpondError('not-found', `${repo} has no ${wanted}: it has ${ids}`);
}

function unknownHost(name: string): MillpondError {
  const host = hostOf(name);
  return invalid(
    `${host} is not a hub that Millpond knows: give the model as org/name, or set the address of your hub in the settings`,
  );
}

function notAName(name: string): MillpondError {
  return invalid(
    `“${name}” is not the name of a model on the hub: it looks like org/name or org/name:Q4_K_M`,
  );
}

function invalid(sentence: string): MillpondError {
  return new MillpondError('invalid-request', sentence, { param: 'name' });
}
