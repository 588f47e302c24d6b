import { MillpondError } from '../../core/error.ts';
import type { UpstreamDirectory } from '../ports.ts';
import type { PipelineStage } from './pipeline.ts';
import { withEnvelope } from './pipeline.ts';

/** Turns the name that the caller wrote into a model id: id, then alias. */
export function resolveModel(directory: UpstreamDirectory): PipelineStage {
  return {
    name: 'resolve-model',
    run(context, next) {
      const name = context.request.envelope.model;
      const model = directory.resolve(name);
      if (model === undefined) throw unknownModel(name);
      return next(model === name ? context : withEnvelope(context, { model }));
    },
  };
}

export function unknownModel(name: string): MillpondError {
  return new MillpondError(
    'model-not-found',
    `There is no model called '${name.slice(0, 200)}'; GET /v1/models lists those that exist`,
    { param: 'model' },
  );
}
