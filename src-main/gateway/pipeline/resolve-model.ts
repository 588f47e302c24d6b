import { MillpondError } from '../../core/error.ts';
import { callerScope } from '../caller.ts';
import type { UpstreamDirectory } from '../ports.ts';
import type { PipelineStage } from './pipeline.ts';
import { withEnvelope } from './pipeline.ts';

/**
 * Turns the name that the caller wrote into a model id: id, short name, or either with the machine that
 * has to answer. A name that no model has may be an alias, whose members are looked at when their turn
 * comes. What lies outside of the caller's scope does not exist, and is refused in the same words.
 */
export function resolveModel(directory: UpstreamDirectory): PipelineStage {
  return {
    name: 'resolve-model',
    run(context, next) {
      const { model: name, pin: wished } = context.request.envelope;
      const model = directory.resolve(name, callerScope(context.caller));
      if (model === undefined) throw unknownModel(name);
      const pin = model.pin ?? wished;
      const { alias } = model;
      const resolved = withEnvelope(context, {
        model: model.id,
        ...(pin !== undefined && { pin }),
        ...(alias && { alias: alias.name }),
      });
      return next(alias ? { ...resolved, alias } : resolved);
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
