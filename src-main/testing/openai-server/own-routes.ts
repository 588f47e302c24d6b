import type { FakeServedModel, FakeServerKind, FakeServerOptions } from '../fake-openai-server.ts';
import { promptWords } from './answer-plan.ts';
import type { GenerationBody } from './answer-plan.ts';

interface Asked {
  readonly path: string;
  readonly body: GenerationBody | undefined;
  readonly isLoaded: boolean;
  readonly running: number;
}

interface Said {
  readonly status?: number;
  readonly body: unknown;
  /** Answered without a key. */
  readonly isOpen: boolean;
}

type Route = (options: FakeServerOptions, asked: Asked) => Omit<Said, 'isOpen'>;

const openPaths: ReadonlySet<string> = new Set(['/', '/health', '/version', '/ping']);

/** What a server answers besides generating; undefined where it has no such route. */
export function ownRoutes(options: FakeServerOptions, asked: Asked): Said | undefined {
  const route = routesOf[options.kind][asked.path] ?? shared[asked.path];
  if (route === undefined) return undefined;
  return { ...route(options, asked), isOpen: openPaths.has(asked.path) };
}

const contextOf = (model: FakeServedModel | undefined): number => model?.contextLength ?? 2048;
const has = (model: FakeServedModel, name: string): boolean =>
  (model.capabilities ?? []).some((each) => each === name);
const tokensIn = (text: unknown): number[] =>
  (typeof text === 'string' ? text : '')
    .split(/\s+/)
    .filter(Boolean)
    .map((_, index) => index);

/** Not normalised in any way but length: the same text has the same vector. */
function vectorOf(text: string): number[] {
  const raw = [1, 2, 3].map((step) =>
    Array.from(text).reduce((sum, letter) => (sum * step + (letter.codePointAt(0) ?? 0)) % 97, 1),
  );
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}

const shared: Readonly<Record<string, Route>> = {
  '/v1/models': (options) => ({
    body: {
      object: 'list',
      data: options.models.map((model) => listed(options.kind, model)),
    },
  }),
  '/v1/embeddings': (_, { body }) => ({
    body: {
      object: 'list',
      data: (body?.input ?? []).map((text, index) => ({
        object: 'embedding',
        index,
        embedding: vectorOf(text),
      })),
      usage: { prompt_tokens: 3, total_tokens: 3 },
    },
  }),
};

function listed(kind: FakeServerKind, model: FakeServedModel): object {
  const entry = { id: model.id, object: 'model', created: 1_700_000_000 };
  switch (kind) {
    case 'vllm':
      return { ...entry, owned_by: 'vllm', root: model.id, max_model_len: contextOf(model) };
    case 'llama-server':
      return { ...entry, owned_by: 'llamacpp', meta: { n_ctx_train: contextOf(model) } };
    case 'ollama':
      return { ...entry, owned_by: 'library' };
    case 'lm-studio':
      return { ...entry, owned_by: 'organization_owner' };
    case 'mlx':
    case 'openai':
      return entry;
  }
}

const loading = {
  status: 503,
  body: { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } },
};

const health: Route = (_, { isLoaded }) => (isLoaded ? { body: { status: 'ok' } } : loading);

const routesOf: Readonly<Record<FakeServerKind, Readonly<Record<string, Route>>>> = {
  openai: {},
  mlx: { '/health': () => ({ body: { status: 'ok' } }) },
  vllm: {
    '/health': (_, { isLoaded }) => (isLoaded ? { body: '' } : loading),
    '/version': () => ({ body: { version: '0.17.0' } }),
    '/tokenize': ({ models }, { body }) => {
      const tokens = tokensIn(body?.prompt);
      return { body: { tokens, count: tokens.length, max_model_len: contextOf(models[0]) } };
    },
  },
  'llama-server': {
    '/health': health,
    '/props': ({ models, slots }) => ({
      body: {
        default_generation_settings: { n_ctx: contextOf(models[0]) },
        total_slots: slots ?? 2,
        model_path: models[0]?.id,
        modalities: {
          vision: models.some((model) => has(model, 'vision')),
          audio: false,
        },
        chat_template: '',
        chat_template_caps: { supports_tools: true, supports_tool_calls: true },
        build_info: 'b1-fake',
      },
    }),
    '/slots': ({ slots }, { running }) => ({
      body: Array.from({ length: slots ?? 2 }, (_, id) => ({ id, is_processing: id < running })),
    }),
    '/tokenize': (_, { body }) => ({ body: { tokens: tokensIn(body?.['content']) } }),
    '/apply-template': (_, { body }) => ({
      body: { prompt: promptWords(body ?? {}).join(' ') },
    }),
  },
  ollama: {
    '/': () => ({ body: 'Ollama is running' }),
    '/api/version': () => ({ body: { version: '0.13.0' } }),
    '/api/tags': ({ models }) => ({ body: { models: models.map(ollamaTag) } }),
    '/api/ps': () => ({ body: { models: [] } }),
    '/api/show': ({ models }, { body }) => {
      const model = models.find(({ id }) => id === body?.model);
      if (model === undefined) return { status: 404, body: { error: 'model not found' } };
      const capabilities = (model.capabilities ?? []).filter((each) => each !== 'embedding');
      return {
        body: {
          details: ollamaDetails,
          model_info: {
            'general.architecture': 'llama',
            'llama.context_length': contextOf(model),
          },
          capabilities: has(model, 'embedding') ? ['embedding'] : ['completion', ...capabilities],
          ...(model.remoteHost !== undefined && { remote_host: model.remoteHost }),
        },
      };
    },
  },
  'lm-studio': {
    '/api/v0/models': ({ models }) => ({
      body: {
        object: 'list',
        data: models.map((model) => ({
          id: model.id,
          object: 'model',
          type: has(model, 'embedding') ? 'embeddings' : has(model, 'vision') ? 'vlm' : 'llm',
          publisher: 'fake',
          arch: 'llama',
          compatibility_type: 'gguf',
          quantization: 'Q4_K_M',
          state: 'loaded',
          max_context_length: contextOf(model),
          ...(has(model, 'tools') && { capabilities: ['tool_use'] }),
        })),
      },
    }),
  },
};

const ollamaDetails = {
  format: 'gguf',
  family: 'llama',
  families: ['llama'],
  parameter_size: '1B',
  quantization_level: 'Q4_K_M',
};

function ollamaTag(model: FakeServedModel): object {
  return {
    name: model.id,
    model: model.id,
    modified_at: '2026-01-01T00:00:00Z',
    size: 1000,
    digest: '0'.repeat(64),
    details: ollamaDetails,
    ...(model.remoteHost !== undefined && {
      remote_model: model.id,
      remote_host: model.remoteHost,
    }),
  };
}
