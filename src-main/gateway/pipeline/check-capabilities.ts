import { MillpondError } from '../../core/error.ts';
import type { CanonicalInput } from '../../core/inference.ts';
import type { ModelCapabilities } from '../../core/model.ts';
import { callerScope } from '../caller.ts';
import type { UpstreamDirectory } from '../ports.ts';
import type { PipelineStage } from './pipeline.ts';

interface Need {
  readonly capability: keyof ModelCapabilities;
  /** The request field that needs it. */
  readonly param: string;
}

/** Refuses what the model is known not to do, by name, before anything is loaded for it. */
export function checkCapabilities(directory: UpstreamDirectory): PipelineStage {
  return {
    name: 'check-capabilities',
    run(context, next) {
      const { envelope, input } = context.request;
      const scope = callerScope(context.caller);
      const offered = directory.models(scope).find((model) => model.id === envelope.model);
      const capabilities = offered?.capabilities;
      if (capabilities !== undefined) {
        const lack = needsOf(input).find((need) => !capabilities[need.capability]);
        if (lack !== undefined) throw incapable(envelope.model, lack);
      }
      return next(context);
    },
  };
}

/** What a model must be able to do for this input. */
export function needsOf(input: CanonicalInput): readonly Need[] {
  switch (input.task) {
    case 'chat': {
      const needs: Need[] = [{ capability: 'chat', param: 'messages' }];
      if (input.tools.length > 0 && input.toolChoice !== 'none') {
        needs.push({ capability: 'tools', param: 'tools' });
      }
      const hasImage = input.messages.some(
        (message) =>
          message.role === 'user' && message.content.some((part) => part.type === 'image'),
      );
      if (hasImage) needs.push({ capability: 'vision', param: 'messages' });
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
