import type { InstalledModel } from '../../api.ts';

export type LoadOptions = InstalledModel['options'];

export const numberOptions = ['contextLength', 'slots', 'gpuLayers', 'threads'] as const;
export type NumberOption = (typeof numberOptions)[number];

/** What is typed in the form. An empty field leaves the choice to the engine. */
export type LoadDraft = Readonly<Record<NumberOption, string>> & {
  readonly flashAttention: 'auto' | 'on' | 'off';
};

export interface OptionLimit {
  readonly min: number;
  readonly max: number;
}

/** Allowed values, as the contract says; a context never exceeds what the model was trained for. */
export function optionLimits(
  model: Pick<InstalledModel, 'trainedContextLength'>,
): Readonly<Record<NumberOption, OptionLimit>> {
  return {
    contextLength: { min: 128, max: model.trainedContextLength ?? 1_048_576 },
    slots: { min: 1, max: 64 },
    gpuLayers: { min: 0, max: 1000 },
    threads: { min: 1, max: 256 },
  };
}

export function draftOf(options: LoadOptions): LoadDraft {
  const text = (value: number | undefined) => (value === undefined ? '' : String(value));
  return {
    contextLength: text(options.contextLength),
    slots: text(options.slots),
    gpuLayers: text(options.gpuLayers),
    threads: text(options.threads),
    flashAttention:
      options.flashAttention === undefined ? 'auto' : options.flashAttention ? 'on' : 'off',
  };
}

export type ParsedDraft =
  | { readonly ok: true; readonly options: LoadOptions }
  /** The fields that are no whole number within their limits. */
  | { readonly ok: false; readonly wrong: readonly NumberOption[] };

/** Reads the form. Spaces and grouping commas are forgiven. */
export function parseDraft(
  draft: LoadDraft,
  limits: Readonly<Record<NumberOption, OptionLimit>>,
): ParsedDraft {
  const wrong: NumberOption[] = [];
  const numbers: Partial<Record<NumberOption, number>> = {};
  for (const name of numberOptions) {
    const text = draft[name].replace(/[\s,\u202f]/g, '');
    if (text === '') continue;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    const { min, max } = limits[name];
    if (value >= min && value <= max) numbers[name] = value;
    else wrong.push(name);
  }
  if (wrong.length > 0) return { ok: false, wrong };
  const flash = draft.flashAttention;
  return {
    ok: true,
    options: { ...numbers, ...(flash !== 'auto' && { flashAttention: flash === 'on' }) },
  };
}
