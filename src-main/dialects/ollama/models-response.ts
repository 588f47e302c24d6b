import type { ModelCapabilities, ModelFacts } from '../../core/model.ts';

/** What is known about a model that is listed. */
export interface ListedModel {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly contextLength?: number;
  readonly capabilities?: ModelCapabilities;
}

/** What is known of its file, where it lies on this machine. */
export interface ListedFile {
  readonly facts: Omit<ModelFacts, 'capabilities' | 'trainedContextLength'> & {
    readonly trainedContextLength?: number;
  };
  readonly format: 'gguf' | 'mlx';
  readonly sizeBytes: number;
  /** SHA-256 in lower-case hex, once it has been computed. */
  readonly digest?: string;
}

/** One entry of `GET /api/tags` and `GET /api/ps`. What nobody knows is left out. */
export function encodeListed(model: ListedModel, file: ListedFile | undefined): object {
  return {
    name: model.id,
    model: model.id,
    modified_at: new Date(model.createdAt).toISOString(),
    ...(file !== undefined && { size: file.sizeBytes }),
    ...(file?.digest !== undefined && { digest: file.digest }),
    details: detailsOf(file),
  };
}

/** `POST /api/show`. */
export function encodeShown(model: ListedModel, file: ListedFile | undefined): object {
  return {
    modified_at: new Date(model.createdAt).toISOString(),
    details: detailsOf(file),
    model_info: infoOf(model, file),
    capabilities: capabilitiesOf(model.capabilities),
  };
}

/** Clients read into it without asking whether it is there. */
function detailsOf(file: ListedFile | undefined): object {
  const { architecture = '', quantization = '', parameterCount } = file?.facts ?? {};
  return {
    parent_model: '',
    format: file?.format ?? '',
    family: architecture,
    families: architecture === '' ? [] : [architecture],
    parameter_size: parameterCount === undefined ? '' : parameterSize(parameterCount),
    quantization_level: quantization,
  };
}

/** Keys start with the architecture; a model of which none is known has ours instead. */
function infoOf({ contextLength }: ListedModel, file: ListedFile | undefined): object {
  const facts = file?.facts;
  const architecture = facts?.architecture ?? 'millpond';
  const context = contextLength ?? facts?.trainedContextLength;
  return {
    'general.architecture': architecture,
    ...(facts?.displayName !== undefined && { 'general.basename': facts.displayName }),
    ...(facts?.parameterCount !== undefined && {
      'general.parameter_count': facts.parameterCount,
    }),
    ...(context !== undefined && { [`${architecture}.context_length`]: context }),
  };
}

function capabilitiesOf(capabilities: ModelCapabilities | undefined): readonly string[] {
  if (capabilities === undefined) return ['completion'];
  const { chat, completion, tools, vision, reasoning, embedding } = capabilities;
  return [
    ...(chat || completion ? ['completion'] : []),
    ...(tools ? ['tools'] : []),
    ...(vision ? ['vision'] : []),
    ...(reasoning ? ['thinking'] : []),
    ...(embedding ? ['embedding'] : []),
  ];
}

/** As people say it: `1.2B`, `270M`. */
function parameterSize(count: number): string {
  const [size, unit] = count >= 1e9 ? [count / 1e9, 'B'] : [count / 1e6, 'M'];
  return `${size.toFixed(size >= 100 ? 0 : 1)}${unit}`;
}
