import type { InstalledModel } from '../api.ts';
import type { Tone } from '../ui/StateBadge.tsx';

export type ModelPhase = InstalledModel['state']['phase'];

/** How each engine state is drawn. Its word is `common.modelState.<phase>`; code names are never shown. */
export const modelTones: Readonly<Record<ModelPhase, Tone>> = {
  installed: 'rest',
  loading: 'work',
  ready: 'ok',
  draining: 'waiting',
  failed: 'fail',
};

/** The model that stands for this machine: what is loading, else what was used last, else what failed. */
export function leadingModel(models: readonly InstalledModel[]): InstalledModel | undefined {
  const inPhase = (phase: ModelPhase) => models.filter((model) => model.state.phase === phase);
  const loaded = [...inPhase('ready'), ...inPhase('draining')].toSorted(
    (a, b) => (b.loaded?.lastUsedAt ?? 0) - (a.loaded?.lastUsedAt ?? 0),
  );
  return inPhase('loading')[0] ?? loaded[0] ?? inPhase('failed')[0];
}

/** The quantization to show beside the name; undefined where the name, made from a file's, ends with it. */
export function quantizationBesideName({
  name,
  quantization,
}: Pick<InstalledModel, 'name' | 'quantization'>): string | undefined {
  if (quantization === undefined) return undefined;
  const isInName = name.toLowerCase().endsWith(quantization.toLowerCase());
  return isInName ? undefined : quantization;
}

/** Bytes of memory that models take now: measured where that is known, else as predicted. */
export function memoryTaken(models: readonly Pick<InstalledModel, 'loaded'>[]): number {
  return models.reduce(
    (sum, { loaded }) => sum + (loaded?.measuredBytes ?? loaded?.predictedBytes ?? 0),
    0,
  );
}
