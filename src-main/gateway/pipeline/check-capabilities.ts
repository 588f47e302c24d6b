import { MillpondError } from '../../core/error.ts';
import type {
  CanonicalInput,
  ChatMessage,
  Demand,
  InferenceRequest,
} from '../../core/inference.ts';
import type { ModelCapabilities } from '../../core/model.ts';
import { callerScope } from '../caller.ts';
import { offeredModel } from '../offered-model.ts';
import type { Upstream, UpstreamDirectory } from '../ports.ts';
import type { PipelineStage } from './pipeline.ts';

interface Need {
  readonly capability: keyof ModelCapabilities;
  /** The request field that needs it. */
  readonly param: string;
}

/**
 * Refuses what the model is known not to do, and fields that none of its upstreams understands, by
 * name, before anything is loaded for it.
 */
export function checkCapabilities(directory: UpstreamDirectory): PipelineStage {
  return {
    name: 'check-capabilities',
    run(context, next) {
      const { envelope, input } = context.request;
      const scope = callerScope(context.caller);
      const offered = offeredModel(directory, envelope.model, scope);
      const capabilities = offered?.capabilities;
      if (capabilities !== undefined) {
        const lack = needsOf(input).find((need) => !capabilities[need.capability]);
        if (lack !== undefined) throw incapable(envelope.model, lack);
      }
      checkDemands(context.request, directory);
      return next(context);
    },
  };
}

/** Without any upstream there is nobody to judge: the router says that nothing can answer. */
function checkDemands(request: InferenceRequest, directory: UpstreamDirectory): void {
  const demand = request.raw?.demands[0];
  if (demand === undefined) return;
  const candidates = directory.candidates(request);
  if (candidates.length === 0 || candidates.some((each) => understands(each, request))) return;
  throw unmet(demand);
}

/** Whether an upstream of this kind can honour all that the request says. */
export function understands({ speaks = [] }: Upstream, { raw, input }: InferenceRequest): boolean {
  if (input.task === 'proxy') return raw !== undefined && speaks.includes(raw.dialect);
  return raw === undefined || raw.demands.length === 0 || speaks.includes(raw.dialect);
}

/** Nobody who has the model can do what this field asks for. */
export function unmet({ param, why }: Demand): MillpondError {
  return new MillpondError('invalid-request', `'${param}' is not supported here: ${why}`, {
    param,
    reason: 'unsupported_parameter',
  });
}

function hasImage(message: ChatMessage): boolean {
  if (message.role === 'tool') return message.images !== undefined;
  return message.role === 'user' && message.content.some((part) => part.type === 'image');
}

/** What a model must be able to do for this input. */
export function needsOf(input: CanonicalInput): readonly Need[] {
  switch (input.task) {
    case 'chat': {
      const needs: Need[] = [{ capability: 'chat', param: 'messages' }];
      if (input.tools.length > 0 && input.toolChoice !== 'none') {
        needs.push({ capability: 'tools', param: 'tools' });
      }
      if (input.messages.some(hasImage)) needs.push({ capability: 'vision', param: 'messages' });
      return needs;
    }
    case 'completion':
      return [{ capability: 'completion', param: 'prompt' }];
    case 'embedding':
      return [{ capability: 'embedding', param: 'input' }];
    case 'rerank':
      return [{ capability: 'rerank', param: 'documents' }];
    case 'count':
    case 'proxy':
      return [];
  }
}

const words: Record<keyof ModelCapabilities, string> = {
  chat: 'chat',
  completion: 'text completion',
  embedding: 'embeddings',
  rerank: 'reranking',
  tools: 'tools',
  reasoning: 'reasoning',
  vision: 'images (vision)',
  continuation: 'continuation',
};

function incapable(model: string, need: Need): MillpondError {
  return new MillpondError(
    'unsupported-capability',
    `The model '${model}' does not support ${words[need.capability]}`,
    { param: need.param, reason: 'unsupported_capability' },
  );
}
