import type { GgufFileInfo } from 'node-llama-cpp';

type Tensor = NonNullable<GgufFileInfo['fullTensorInfo']>[number];

const tokenTable = 'token_embd.weight';
const outputMatrix = 'output.weight';

/**
 * Bytes of weights that are read for one token of an answer: of the experts of a mixture only those
 * in use, and of the table of tokens only a row unless it is the output matrix too. `totalBytes` are
 * those of all tensors together.
 */
export function activeBytes(info: GgufFileInfo, totalBytes: number): number {
  const tensors = info.fullTensorInfo ?? [];
  const weight = bytesPerWeight(tensors, totalBytes);
  const { expert_count: experts = 0, expert_used_count: used = 0 } = info.architectureMetadata;
  const share = experts > 0 ? Math.min(1, used / experts) : 1;
  const hasOutput = tensors.some(({ name }) => name === outputMatrix);
  return Math.round(
    tensors.reduce((sum, tensor) => {
      if (tensor.name === tokenTable && hasOutput) return sum;
      const isExpert = /_exps\b/.test(tensor.name);
      return sum + weight(tensor) * (isExpert ? share : 1);
    }, 0),
  );
}

/** A tensor ends where the next one of its file begins; the last ones share what is left by their weights. */
function bytesPerWeight(
  tensors: readonly Tensor[],
  totalBytes: number,
): (tensor: Tensor) => number {
  const sizes = new Map<Tensor, number>();
  const open: Tensor[] = [];
  const ordered = tensors.toSorted(
    (a, b) => a.filePart - b.filePart || Number(a.offset) - Number(b.offset),
  );
  for (const [index, tensor] of ordered.entries()) {
    const next = ordered[index + 1];
    if (next?.filePart === tensor.filePart) {
      sizes.set(tensor, Number(next.offset) - Number(tensor.offset));
    } else open.push(tensor);
  }
  const known = sizes.values().reduce((sum, size) => sum + size, 0);
  const left = Math.max(0, totalBytes - known);
  const elements = open.reduce((sum, tensor) => sum + elementsOf(tensor), 0);
  return (tensor) =>
    sizes.get(tensor) ?? (elements === 0 ? 0 : (left * elementsOf(tensor)) / elements);
}

function elementsOf({ dimensions }: Tensor): number {
  return dimensions.reduce<number>((product, size) => product * Number(size), 1);
}
