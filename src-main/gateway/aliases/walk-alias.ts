import type { Clock } from '../../core/clock.ts';
import type { PipelineStage } from '../pipeline/pipeline.ts';
import type { UpstreamDirectory } from '../ports.ts';
import { AliasWalk } from './alias-walk.ts';

/**
 * Stands in front of capabilities and router: a request for an alias goes to its members one after the
 * other until one answers. Everything else passes.
 */
export function walkAlias(directory: UpstreamDirectory, clock: Clock): PipelineStage {
  return {
    name: 'walk-alias',
    run(context, next) {
      if (context.alias === undefined) return next(context);
      return new AliasWalk({ directory, clock }, context.alias, context, next).run();
    },
  };
}
