import { z } from 'zod';
import type { ModelCapabilities, ModelFacts } from '../core/model.ts';

/** What the files of an MLX folder say, as parsed JSON; undefined where a file is missing. */
export interface MlxDocuments {
  readonly config: unknown;
  readonly tokenizer: unknown;
  readonly templateJson: unknown;
  readonly templateText: string | undefined;
  /** Headers of the safetensors files. */
  readonly headers: readonly unknown[];
}

const quantizationSchema = z.object({ bits: z.number().optional(), mode: z.string().optional() });
const textSchema = z.object({ max_position_embeddings: z.number().optional() });
const configSchema = z.object({
  model_type: z.string(),
  architectures: z.array(z.string()).optional(),
  max_position_embeddings: z.number().optional(),
  max_seq_len: z.number().optional(),
  n_positions: z.number().optional(),
  text_config: textSchema.optional(),
  vision_config: z.unknown().optional(),
  quantization: quantizationSchema.optional(),
  quantization_config: quantizationSchema.optional(),
  torch_dtype: z.string().optional(),
  dtype: z.string().optional(),
});
type Config = z.infer<typeof configSchema>;

const namedTemplates = z.array(z.object({ name: z.string(), template: z.string() }));
const templateHolder = z.object({
  chat_template: z.union([z.string(), namedTemplates]).optional(),
});
const tensors = z.record(
  z.string(),
  z
    .object({ dtype: z.string(), shape: z.array(z.number()) })
    .optional()
    .catch(undefined),
);

/** Facts from the documents alone; undefined when they do not describe a language model. */
export function readMlxFacts(documents: MlxDocuments): ModelFacts | undefined {
  const parsed = configSchema.safeParse(documents.config);
  if (!parsed.success || !isGenerative(parsed.data)) return undefined;
  const config = parsed.data;
  const quantization = quantizationOf(config);
  const parameterCount = countParameters(config, documents.headers);
  return {
    architecture: config.model_type,
    trainedContextLength: contextLengthOf(config),
    capabilities: capabilitiesOf(config, templateOf(documents)),
    ...(quantization !== undefined && { quantization }),
    ...(parameterCount > 0 && { parameterCount }),
  };
}

/** Encoders, speech and image models share the layout; mlx-lm runs none of them. */
function isGenerative({ architectures = [] }: Config): boolean {
  return architectures.some((name) => /CausalLM|ConditionalGeneration|LMHeadModel/i.test(name))
    ? !architectures.some((name) => /whisper|speech|t5|bart/i.test(name))
    : architectures.length === 0;
}

function contextLengthOf(config: Config): number {
  return (
    config.max_position_embeddings ??
    config.text_config?.max_position_embeddings ??
    config.max_seq_len ??
    config.n_positions ??
    0
  );
}

function quantizationOf(config: Config): string | undefined {
  const { bits, mode } = config.quantization ?? config.quantization_config ?? {};
  if (bits !== undefined) return mode === undefined || mode === 'affine' ? `${bits}bit` : mode;
  const dtype = config.torch_dtype ?? config.dtype;
  return dtype === undefined ? undefined : shortTypes[dtype];
}

const shortTypes: Readonly<Record<string, string>> = {
  bfloat16: 'BF16',
  float16: 'F16',
  float32: 'F32',
};

/** Packed weights hold several parameters in each 32-bit word; their scales and biases hold none. */
function countParameters(config: Config, headers: readonly unknown[]): number {
  const bits = config.quantization?.bits ?? config.quantization_config?.bits;
  let count = 0;
  for (const header of headers) {
    const parsed = tensors.safeParse(header);
    if (!parsed.success) continue;
    for (const [name, entry] of Object.entries(parsed.data)) {
      if (!entry || /\.(scales|biases)$/.test(name)) continue;
      const elements = entry.shape.reduce((product, size) => product * size, 1);
      count += entry.dtype === 'U32' && bits !== undefined ? (elements * 32) / bits : elements;
    }
  }
  return Math.round(count);
}

function templateOf(documents: MlxDocuments): string | undefined {
  if (documents.templateText !== undefined) return documents.templateText;
  for (const document of [documents.tokenizer, documents.templateJson]) {
    const parsed = templateHolder.safeParse(document);
    const template = parsed.success ? parsed.data.chat_template : undefined;
    if (typeof template === 'string') return template;
    if (template !== undefined) return template.map((named) => named.template).join('\n');
  }
  return undefined;
}

/** Read from the template, as its engine does; what it cannot show is not claimed. */
function capabilitiesOf(config: Config, template: string | undefined): ModelCapabilities {
  const says = (pattern: RegExp): boolean => template !== undefined && pattern.test(template);
  return {
    chat: template !== undefined,
    completion: true,
    embedding: false,
    rerank: false,
    tools: says(/\btools\b/),
    reasoning: says(/<think>|enable_thinking|reasoning_content|<\|channel\|>/),
    vision: config.vision_config !== undefined && config.vision_config !== null,
    continuation: false,
  };
}
