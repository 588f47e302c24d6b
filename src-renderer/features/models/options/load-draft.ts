import type { InstalledModel } from '../../../api.ts';

export type LoadOptions = InstalledModel['options'];
type CacheType = NonNullable<LoadOptions['cacheType']>;
type Engine = NonNullable<LoadOptions['engine']>;

export const numberOptions = ['contextLength', 'slots', 'gpuLayers', 'threads'] as const;
export type NumberOption = (typeof numberOptions)[number];

export const cacheTypes = ['f16', 'q8_0', 'q4_0'] as const satisfies readonly CacheType[];

/** What is typed and chosen in the form. Empty fields and `auto` leave the choice to the engine. */
export type LoadDraft = Readonly<Record<NumberOption, string>> & {
  readonly flashAttention: 'auto' | 'on' | 'off';
  readonly cacheType: 'auto' | CacheType;
  readonly engine: 'auto' | Engine;
  /** Places in the machine's list of cards; none: the processor only. */
  readonly gpus: 'auto' | readonly number[];
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
    cacheType: options.cacheType ?? 'auto',
    engine: options.engine ?? 'auto',
    gpus: options.gpus ?? 'auto',
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
    if (isEmpty(draft[name])) continue;
    const value = numberIn(draft[name]);
    const { min, max } = limits[name];
    if (value !== undefined && value >= min && value <= max) numbers[name] = value;
    else wrong.push(name);
  }
  if (wrong.length > 0) return { ok: false, wrong };
  const { flashAttention, cacheType, engine, gpus } = draft;
  return {
    ok: true,
    options: {
      ...numbers,
      ...(flashAttention !== 'auto' && { flashAttention: flashAttention === 'on' }),
      ...(cacheType !== 'auto' && { cacheType }),
      ...(engine !== 'auto' && { engine }),
      ...(gpus !== 'auto' && { gpus }),
    },
  };
}

function isEmpty(text: string): boolean {
  return text.replace(/[\s,\u202f]/g, '') === '';
}

/** The whole number that was typed; undefined for anything else. */
export function numberIn(text: string): number | undefined {
  const digits = text.replace(/[\s,\u202f]/g, '');
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

/** Two sets of options are the same load when this is equal. */
export function optionsKey(options: LoadOptions): string {
  return JSON.stringify(Object.entries(options).toSorted(([a], [b]) => a.localeCompare(b)));
}

/** The cards in use after one was switched; all of them together is the engine's own choice. */
export function withCard(
  gpus: LoadDraft['gpus'],
  card: number,
  present: readonly number[],
): LoadDraft['gpus'] {
  const used = gpus === 'auto' ? present : gpus;
  const next = used.includes(card)
    ? used.filter((other) => other !== card)
    : [...used, card].toSorted((a, b) => a - b);
  return present.every((other) => next.includes(other)) ? 'auto' : next;
}
