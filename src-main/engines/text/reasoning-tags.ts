/** What a model writes around its thoughts, such as `<think>` and `</think>`. */
export interface ReasoningTags {
  readonly open: string;
  readonly close: string;
}

const knownTags: readonly ReasoningTags[] = [
  { open: '<think>', close: '</think>' },
  { open: '[THINK]', close: '[/THINK]' },
  { open: '<|START_THINKING|>', close: '<|END_THINKING|>' },
  { open: '<seed:think>', close: '</seed:think>' },
  { open: '<thinking>', close: '</thinking>' },
  { open: '<thought>', close: '</thought>' },
  { open: '<reasoning>', close: '</reasoning>' },
];

/** The tags a template writes or strips; undefined for a model that was not taught to think. */
export function detectReasoningTags(template: string): ReasoningTags | undefined {
  return knownTags.find(({ open, close }) => template.includes(close) || template.includes(open));
}
