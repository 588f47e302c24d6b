import { realpath } from 'node:fs/promises';
import { MillpondError } from '../../core/error.ts';
import type { ModelCapabilities, ModelManifest } from '../../core/model.ts';
import { estimatePromptTokens } from '../../dialects/openai/client/usage-count.ts';
import { quirksOf } from '../../dialects/openai/client/quirks.ts';
import type { InferenceEngine, LoadRequest } from '../engine.ts';
import { findProgram, interpreterOf } from './find-program.ts';
import { chosenSize } from './load-defaults.ts';
import { packageVersions } from './program-output.ts';
import { takenBytes } from './resident-bytes.ts';
import { servedModel } from './served-models.ts';
import { SidecarEngine } from './sidecar-engine.ts';
import type { SidecarDialect } from './sidecar-engine.ts';
import { startSidecar } from './sidecar-process.ts';
import { StatusCell } from './status-cell.ts';
import type { Sidecar, SidecarDeps, SidecarStatus } from './sidecar.ts';

const programName = 'mlx_lm.server';

/** Apple's MLX: on Apple Silicon, and on the processor of a Linux machine. */
export function createMlxLm(deps: SidecarDeps): Sidecar {
  const cell = new StatusCell(programName, () => findServer(deps));
  return {
    kind: 'mlx',
    status: () => cell.latest,
    look: () => cell.look(),
    objection: ({ format }) => (format === 'mlx' ? undefined : 'MLX runs MLX models only'),
    async load(request) {
      return loadServer(deps, await cell.require(), request);
    },
  };
}

async function findServer(deps: SidecarDeps): Promise<SidecarStatus> {
  const { platform, architecture } = deps;
  const isApple = platform === 'darwin' && architecture === 'arm64';
  if (!isApple && platform !== 'linux') {
    return { isUsable: false, reason: 'MLX runs on Apple Silicon and on Linux only' };
  }
  const command = isApple ? 'pip install mlx-lm' : 'pip install "mlx-lm[cpu]"';
  const path = await findProgram(programName, 'MILLPOND_MLX_SERVER', deps);
  if (path === undefined) {
    return { isUsable: false, reason: `mlx-lm is not installed; get it with: ${command}`, command };
  }
  const python = await interpreterOf(path);
  if (python === undefined) return { isUsable: true, path };
  const versions = await packageVersions(deps, python, ['mlx-lm', 'mlx', ...backends]);
  const version = versions.get('mlx-lm');
  if (version === undefined || !backends.some((name) => versions.has(name))) {
    const reason = `mlx-lm is installed without the part that computes; get it with: ${command}`;
    return { isUsable: false, reason, command };
  }
  return { isUsable: true, path, version };
}

/** The packages that compute; `mlx` alone only describes. */
const backends = ['mlx-metal', 'mlx-cpu', 'mlx-cuda', 'mlx-cuda-12', 'mlx-cuda-13'];

async function loadServer(
  deps: SidecarDeps,
  path: string,
  { model, options, onProgress, signal }: LoadRequest,
): Promise<InferenceEngine> {
  const { contextLength, slots } = chosenSize(model, options);
  const folder = await realFolder(model);
  const process = await startSidecar(deps, {
    programName,
    modelName: model.name,
    launch: (port) => ({
      command: path,
      args: [
        ...['--model', folder, '--host', '127.0.0.1', '--port', String(port)],
        ...['--decode-concurrency', String(slots), '--prompt-concurrency', String(slots)],
        // It knows no key. Pages in a browser at least cannot read what it says.
        ...['--allowed-origins', 'null'],
      ],
      env: {
        // It would fetch any model that a request names.
        HF_HUB_OFFLINE: '1',
        // Its list of models fails without a cache folder, and offers everything that lies in one.
        HF_HUB_CACHE: folder,
        OMP_NUM_THREADS: String(options.threads ?? deps.defaultThreads),
      },
    }),
    verify: async (client, until) => {
      await servedModel(client, folder, until);
      // It says that it is healthy before it has read the weights: one token proves more.
      const body = { model: folder, prompt: 'a', max_tokens: 1 };
      const reply = await client.post('/v1/completions', body, until);
      if (reply.status !== 200) throw unloadable(model, reply.json);
    },
    onProgress,
    signal,
  });
  return new SidecarEngine({
    ...deps,
    process,
    dialect: dialectOf(folder, contextLength),
    programName,
    modelName: model.name,
    facts: {
      capabilities: capabilitiesOf(model),
      contextLength,
      slots,
      memoryBytes: takenBytes(process.program.pid, model),
      device: deps.platform === 'darwin' ? 'Apple graphics' : 'CPU',
    },
  });
}

/** As the server names it: it follows links first. */
async function realFolder({ path, name }: ModelManifest): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    const sentence = `${name} is no longer there; add the model again or download it`;
    throw new MillpondError('model-load-failed', sentence, { cause });
  }
}

function unloadable({ name }: ModelManifest, reply: unknown): MillpondError {
  const why =
    typeof reply === 'object' && reply !== null && 'error' in reply ? String(reply.error) : '';
  const sentence = `${programName} could not load ${name}`;
  return new MillpondError(
    'model-load-failed',
    why === '' ? `${sentence}; download it again` : `${sentence}: ${why.slice(0, 300)}`,
  );
}

/** It reads and writes text, and nothing else. */
function capabilitiesOf({ facts }: ModelManifest): ModelCapabilities {
  return {
    chat: true,
    completion: true,
    embedding: false,
    rerank: false,
    tools: facts?.capabilities.tools ?? false,
    reasoning: facts?.capabilities.reasoning ?? false,
    vision: false,
    continuation: false,
  };
}

/** No tokenizer cuts ordinary text into tokens longer than this on average. */
const mostCharactersPerToken = 8;

function dialectOf(folder: string, contextLength: number): SidecarDialect {
  return {
    // Nothing else would end an answer that does not end itself.
    quirks: { ...quirksOf.mlx, defaultMaxTokens: contextLength },
    servedName: folder,
    // It has one cache for everybody, and offers no way to divide it.
    isolation: () => ({}),
    admit({ input }) {
      if (input.task !== 'chat' && input.task !== 'completion') return;
      // The server itself reads on beyond what the model was made for, and answers with nonsense.
      const fewest = Math.floor((estimatePromptTokens(input) * 4) / mostCharactersPerToken);
      if (fewest <= contextLength) return;
      throw new MillpondError(
        'context-overflow',
        `The prompt has more than ${String(fewest)} tokens; the context of this model holds ${String(contextLength)}. Shorten it`,
        { reason: 'context_length_exceeded' },
      );
    },
    // It has no tokenizer to ask.
    countText: (_, text) => Promise.resolve(estimatePromptTokens({ prompt: text })),
    countChat: (_, { input }) => Promise.resolve(estimatePromptTokens(input)),
  };
}
