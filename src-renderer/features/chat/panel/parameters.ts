import type { ChatParameters } from '../types.ts';

/** A parameter that is a number. `step` is what a slider moves by. */
export interface NumberParameter {
  readonly key: Exclude<keyof ChatParameters, 'reasoning' | 'privacy'>;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where a person starts who leaves the model's default. */
  readonly start: number;
  readonly isWhole: boolean;
  /** Numbers with a small range get a slider; counts are typed. */
  readonly control: 'slider' | 'field';
}

export const mainParameters: readonly NumberParameter[] = [
  { key: 'temperature', min: 0, max: 2, step: 0.05, start: 0.7, isWhole: false, control: 'slider' },
  {
    key: 'maxTokens',
    min: 1,
    max: 1_000_000,
    step: 1,
    start: 2048,
    isWhole: true,
    control: 'field',
  },
];

export const samplingParameters: readonly NumberParameter[] = [
  { key: 'topP', min: 0, max: 1, step: 0.01, start: 0.95, isWhole: false, control: 'slider' },
  { key: 'topK', min: 0, max: 1000, step: 1, start: 40, isWhole: true, control: 'field' },
  { key: 'minP', min: 0, max: 1, step: 0.01, start: 0.05, isWhole: false, control: 'slider' },
  {
    key: 'repeatPenalty',
    min: 0,
    max: 2,
    step: 0.05,
    start: 1.1,
    isWhole: false,
    control: 'slider',
  },
  { key: 'seed', min: 0, max: 4_294_967_295, step: 1, start: 1, isWhole: true, control: 'field' },
];

export type ParsedNumber =
  | { readonly kind: 'empty' }
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'wrong' };

/** Reads what was typed into a field. Empty means the model's default. */
export function parseParameter(text: string, parameter: NumberParameter): ParsedNumber {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return { kind: 'empty' };
  const value = Number(trimmed);
  const isAllowed =
    Number.isFinite(value) &&
    value >= parameter.min &&
    value <= parameter.max &&
    (!parameter.isWhole || Number.isInteger(value));
  return isAllowed ? { kind: 'value', value } : { kind: 'wrong' };
}

/** The parameters with one of them set, or left to the model with `undefined`. */
export function withParameter<Key extends keyof ChatParameters>(
  parameters: ChatParameters,
  key: Key,
  value: ChatParameters[Key] | undefined,
): ChatParameters {
  const { [key]: _previous, ...rest } = parameters;
  return value === undefined ? rest : { ...rest, [key]: value };
}
