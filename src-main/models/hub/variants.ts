import type { HubFile, HubVariant } from './hub-repo.ts';
import { mlxVariant } from './mlx-variant.ts';
import { quantizationOf, tierOf, withoutQuantization } from './quantization.ts';

interface RepoContents {
  readonly repo: string;
  readonly files: readonly HubFile[];
  /** What the hub knows of the model: tells the tier of a file whose name does not. */
  readonly parameterCount?: number;
  /** Bits per weight that an MLX configuration names. */
  readonly mlxBits?: number;
}

/** Files in GGUF that answer nothing by themselves: vocabularies, adapters, steering vectors. */
const noModel = /(?:^|[-_./])(?:ggml-vocab|lora|adapter|control-?vector|tokenizer)(?=[-_./])/i;
/** Calibration data; a quantization made with it may say so in its name too. */
const calibration = /(?:^|[-_./])imatrix(?=[-_./])/i;
const projectorName = /(?:^|[-_./])mmproj(?=[-_./])/i;
const shard = /-(\d{5})-of-(\d{5})$/;
const projectorOrder = ['F16', 'FP16', 'BF16', 'Q8_0', 'F32', 'FP32'];

/** A model file, or the parts of a split one, before it has a name. */
interface FileSet {
  /** Folder and name without extension and part number. */
  readonly stem: string;
  readonly files: readonly HubFile[];
  readonly quantization: string | undefined;
}

/** What can be downloaded from a repository, the smallest first. */
export function groupVariants(contents: RepoContents): readonly HubVariant[] {
  const ggufs = contents.files.filter(({ path }) => /\.gguf$/i.test(path));
  const projectors = ggufs.filter(({ path }) => projectorName.test(path));
  const models = ggufs.filter(({ path }) => !projectorName.test(path) && isModel(path));
  const sets = collectSets(models);
  if (sets.length === 0) {
    const mlx = mlxVariant(contents.repo, contents.files, contents.mlxBits);
    return mlx === undefined ? [] : [mlx];
  }
  const ids = nameSets(sets);
  return sets
    .map((set, index) => describeSet(set, ids[index] ?? set.stem, { ...contents, projectors }))
    .toSorted((a, b) => a.sizeBytes - b.sizeBytes || a.id.localeCompare(b.id, 'en'));
}

function isModel(path: string): boolean {
  const isCalibration = calibration.test(path) && labelOf(stemOf(path)) === undefined;
  return !noModel.test(path) && !isCalibration;
}

/** Joins the parts of split models; a set with a missing part is left out. */
function collectSets(files: readonly HubFile[]): readonly FileSet[] {
  const groups = Map.groupBy(files, ({ path }) => stemOf(path) + (partOf(path)?.ofWhole ?? ''));
  const sets = [...groups.values()].flatMap((parts) => {
    const ordered = parts.toSorted((a, b) => a.path.localeCompare(b.path, 'en'));
    const [first] = ordered;
    if (first === undefined || !isComplete(ordered)) return [];
    const stem = stemOf(first.path);
    return [{ stem, files: ordered, quantization: labelOf(stem) }];
  });
  // Some repositories offer the same model whole and in parts: the fewest files are enough.
  return [...Map.groupBy(sets, ({ stem }) => stem).values()].flatMap((same) =>
    same.toSorted((a, b) => a.files.length - b.files.length).slice(0, 1),
  );
}

function isComplete(parts: readonly HubFile[]): boolean {
  return parts.every(({ path }, index) => {
    const part = partOf(path);
    if (part === undefined) return parts.length === 1;
    return part.count === parts.length && part.index === index + 1;
  });
}

/** Of the file's own name, else of the folder it lies in. */
function labelOf(stem: string): string | undefined {
  return stem
    .split('/')
    .toReversed()
    .map(quantizationOf)
    .find((name) => name !== undefined);
}

/**
 * The quantization is a variant's id. Where one repository holds several models, only those of the
 * commonest name are called so; the others are called by their whole file name.
 */
function nameSets(sets: readonly FileSet[]): readonly string[] {
  const [only] = sets;
  if (sets.length === 1 && only !== undefined) return [only.quantization ?? 'main'];
  const bases = Map.groupBy(sets, ({ stem }) => baseOf(stem));
  const commonest = [...bases.entries()].toSorted(
    ([nameA, a], [nameB, b]) => b.length - a.length || nameA.length - nameB.length,
  )[0]?.[0];
  const taken = new Set<string>();
  return sets.map((set) => {
    const name = fileNameOf(set.stem);
    const short = set.quantization;
    const isShort = short !== undefined && baseOf(set.stem) === commonest && !taken.has(short);
    const id = isShort ? short : taken.has(name) ? set.stem : name;
    taken.add(id);
    return id;
  });
}

function baseOf(stem: string): string {
  return withoutQuantization(fileNameOf(stem)).toLowerCase();
}

function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function stemOf(path: string): string {
  return path.replace(/\.gguf$/i, '').replace(shard, '');
}

function partOf(
  path: string,
): { readonly index: number; readonly count: number; readonly ofWhole: string } | undefined {
  const match = shard.exec(path.replace(/\.gguf$/i, ''));
  if (match === null) return undefined;
  return { index: Number(match[1]), count: Number(match[2]), ofWhole: `-of-${match[2] ?? ''}` };
}

function describeSet(
  set: FileSet,
  id: string,
  contents: RepoContents & { readonly projectors: readonly HubFile[] },
): HubVariant {
  const weightBytes = set.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const { parameterCount } = contents;
  const bitsPerWeight =
    parameterCount === undefined || parameterCount === 0
      ? undefined
      : (weightBytes * 8) / parameterCount;
  const projector = pickProjector(contents.projectors, set.stem);
  return {
    id,
    tier: tierOf(set.quantization, bitsPerWeight),
    format: 'gguf',
    files: set.files,
    ...(projector !== undefined && { projector }),
    sizeBytes: weightBytes + (projector?.sizeBytes ?? 0),
  };
}

/** One of the same folder first, then the precision that every engine takes. */
function pickProjector(projectors: readonly HubFile[], stem: string): HubFile | undefined {
  const folder = stem.slice(0, stem.lastIndexOf('/') + 1);
  const rank = ({ path }: HubFile): number => {
    const precision = projectorOrder.indexOf(quantizationOf(stemOf(path)) ?? '');
    const isElsewhere = path.slice(0, path.lastIndexOf('/') + 1) !== folder;
    return (precision === -1 ? projectorOrder.length : precision) + (isElsewhere ? 100 : 0);
  };
  return projectors.toSorted((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path, 'en'))[0];
}
