import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import type { ModelCapabilities, ModelManifest } from '../../core/model.ts';
import { chatBody } from '../../dialects/openai/client/request-body.ts';
import { quirksOf } from '../../dialects/openai/client/quirks.ts';
import type { InferenceEngine, LoadRequest } from '../engine.ts';
import { deviceEnvironment } from '../hosting/device-environment.ts';
import { findProgram } from './find-program.ts';
import { chosenSize } from './load-defaults.ts';
import type { ChosenSize } from './load-defaults.ts';
import { outputOf } from './program-output.ts';
import { takenBytes } from './resident-bytes.ts';
import { servedModel } from './served-models.ts';
import { SidecarEngine } from './sidecar-engine.ts';
import type { SidecarDialect } from './sidecar-engine.ts';
import type { SidecarClient } from './sidecar-client.ts';
import { startSidecar } from './sidecar-process.ts';
import { StatusCell } from './status-cell.ts';
import type { Sidecar, SidecarDeps, SidecarStatus } from './sidecar.ts';

const programName = 'llama-server';

/** llama.cpp's own server: what our engine runs, and pictures besides. */
export function createLlamaServer(deps: SidecarDeps): Sidecar {
  const cell = new StatusCell(programName, () => findServer(deps));
  return {
    kind: 'llama-server',
    status: () => cell.latest,
    look: () => cell.look(),
    objection: ({ format }) =>
      format === 'gguf' ? undefined : `${programName} runs GGUF files only`,
    async load(request) {
      return loadServer(deps, await cell.require(), request);
    },
  };
}

async function findServer(deps: SidecarDeps): Promise<SidecarStatus> {
  const path = await findProgram(programName, 'MILLPOND_LLAMA_SERVER', deps);
  if (path === undefined) return missing(deps.platform);
  const lines = await outputOf(deps, { command: path, args: ['--version'] });
  if (lines === undefined) {
    return {
      isUsable: false,
      reason: `${path} does not start; install llama.cpp again`,
      ...commandFor(deps.platform),
    };
  }
  const version = lines.map((line) => /^version: (\S+)/.exec(line)?.[1]).find(Boolean);
  return { isUsable: true, path, ...(version !== undefined && { version }) };
}

function missing(platform: NodeJS.Platform): SidecarStatus {
  const { command } = commandFor(platform);
  return {
    isUsable: false,
    reason: `llama-server is not installed; get it with: ${command}`,
    command,
  };
}

function commandFor(platform: NodeJS.Platform): { readonly command: string } {
  return { command: platform === 'win32' ? 'winget install llama.cpp' : 'brew install llama.cpp' };
}

async function loadServer(
  deps: SidecarDeps,
  path: string,
  { model, options, onProgress, signal }: LoadRequest,
): Promise<InferenceEngine> {
  const size = chosenSize(model, options);
  const servedName = `millpond-${randomBytes(6).toString('hex')}`;
  const threads = options.threads ?? deps.defaultThreads;
  const started = Promise.withResolvers<ServerProps>();
  const process = await startSidecar(deps, {
    programName,
    modelName: model.name,
    launch: (port, key) => ({
      command: path,
      args: [
        ...argumentsFor({ model, options, size, threads }),
        ...['--host', '127.0.0.1', '--port', String(port), '--alias', servedName],
      ],
      env: { ...environmentFor(), ...deviceEnvironment(options, deps.gpus()), LLAMA_API_KEY: key },
    }),
    verify: async (client, until) => {
      await servedModel(client, servedName, until);
      started.resolve(await readProps(client, until));
    },
    onProgress,
    signal,
  });
  const props = await started.promise;
  const { program } = process;
  return new SidecarEngine({
    ...deps,
    process,
    dialect: dialectOf(servedName),
    programName,
    modelName: model.name,
    facts: {
      capabilities: capabilitiesOf(model, props),
      contextLength: props.default_generation_settings.n_ctx,
      slots: props.total_slots,
      memoryBytes: takenBytes(program.pid, model),
      device: deviceIn(program.outputTail(), threads),
    },
  });
}

interface Wishes {
  readonly model: ModelManifest;
  readonly options: LoadRequest['options'];
  readonly size: ChosenSize;
  readonly threads: number;
}

function argumentsFor({ model, options, size, threads }: Wishes): readonly string[] {
  const { contextLength, slots } = size;
  const capabilities = model.facts?.capabilities;
  const cache = options.cacheType;
  return [
    ...['--model', model.path, '--jinja', '--threads', String(threads)],
    ...['--parallel', String(slots), '--ctx-size', String(contextLength * slots)],
    ...(model.projectorPath === undefined ? [] : ['--mmproj', model.projectorPath]),
    ...(options.gpus?.length === 0 ? ['--device', 'none'] : []),
    ...(options.gpuLayers === undefined ? [] : ['--gpu-layers', String(options.gpuLayers)]),
    ...(options.flashAttention === undefined
      ? []
      : ['--flash-attn', options.flashAttention ? 'on' : 'off']),
    ...(cache === undefined ? [] : ['--cache-type-k', cache, '--cache-type-v', cache]),
    ...(capabilities?.rerank === true ? ['--reranking'] : []),
    ...(isForVectors(capabilities) ? ['--embedding'] : []),
  ];
}

/** The server does either; one that reads and writes texts is there to write. */
function isForVectors(capabilities: ModelCapabilities | undefined): boolean {
  return capabilities?.embedding === true && !capabilities.chat && !capabilities.rerank;
}

/** As variables: older versions skip those that they do not know, and end at such an argument. */
function environmentFor(): Readonly<Record<string, string>> {
  return {
    // A cache besides the slots would share what was read between tenants.
    LLAMA_ARG_CACHE_RAM: '0',
    LLAMA_ARG_UI: '0',
    LLAMA_ARG_NO_WEBUI: '1',
    LLAMA_ARG_OFFLINE: '1',
  };
}

const propsSchema = z.object({
  default_generation_settings: z.object({ n_ctx: z.number() }),
  total_slots: z.number(),
  modalities: z.object({ vision: z.boolean().default(false) }).optional(),
  chat_template_caps: z
    .object({ supports_tools: z.boolean().optional(), supports_tool_calls: z.boolean().optional() })
    .optional(),
});
type ServerProps = z.output<typeof propsSchema>;

async function readProps(client: SidecarClient, signal: AbortSignal): Promise<ServerProps> {
  const props = propsSchema.safeParse((await client.get('/props', signal)).json);
  if (props.success) return props.data;
  throw new MillpondError(
    'model-load-failed',
    'This llama-server is too old to say what its model can do; install a newer llama.cpp',
  );
}

function capabilitiesOf({ facts }: ModelManifest, props: ServerProps): ModelCapabilities {
  const known = facts?.capabilities;
  const isForText = !isForVectors(known) && known?.rerank !== true;
  return {
    chat: isForText,
    completion: isForText,
    embedding: isForVectors(known),
    rerank: known?.rerank === true,
    // Templates without tools get a generic instruction and a grammar from the server.
    tools: isForText,
    reasoning: isForText && known?.reasoning === true,
    vision: isForText && props.modalities?.vision === true,
    continuation: false,
  };
}

function deviceIn(output: readonly string[], threads: number): string {
  const match = output
    .map((line) => /offloaded (\d+)\/(\d+) layers to GPU/.exec(line))
    .findLast((found) => found !== null);
  const cpu = threads === 1 ? 'CPU, 1 thread' : `CPU, ${String(threads)} threads`;
  if (!match || match[1] === '0') return cpu;
  return `Graphics card, ${match[1] ?? ''} of ${match[2] ?? ''} layers`;
}

const tokenList = z.object({ tokens: z.array(z.unknown()) });
const renderedPrompt = z.object({ prompt: z.string() });

function dialectOf(servedName: string): SidecarDialect {
  const quirks = quirksOf['llama-server'];
  const countText: SidecarDialect['countText'] = async (client, text, signal) => {
    const body = { content: text, add_special: false, parse_special: true };
    const reply = tokenList.safeParse((await client.post('/tokenize', body, signal)).json);
    if (reply.success) return reply.data.tokens.length;
    throw uncounted();
  };
  return {
    quirks,
    servedName,
    isolation: ({ index, isOwn }) => ({ id_slot: index, cache_prompt: isOwn }),
    countText,
    async countChat(client, { input }, signal) {
      const body = chatBody(
        {
          ...input,
          task: 'chat',
          toolChoice: 'auto',
          parallelToolCalls: true,
          format: { type: 'text' },
          reasoning: 'auto',
          sampling: {},
          stop: [],
          choices: 1,
        },
        servedName,
        quirks,
      );
      const reply = renderedPrompt.safeParse(
        (await client.post('/apply-template', body, signal)).json,
      );
      if (reply.success) return countText(client, reply.data.prompt, signal);
      throw uncounted();
    },
  };
}

function uncounted(): MillpondError {
  return new MillpondError('unavailable', `${programName} did not count the tokens; try again`);
}
