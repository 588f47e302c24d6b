import type { Clock } from '../../core/clock.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { PipelineStage } from './pipeline.ts';

/**
 * Measures what the gateway itself adds to a request: from its arrival to the router, and from its first
 * content until whoever reads it comes back for more. What becomes of it is counted by its record.
 */
export function meter(metrics: Pick<GatewayMetrics, 'overhead'>, clock: Clock): PipelineStage {
  return {
    name: 'meter',
    async *run(context, next) {
      metrics.overhead('before', clock.now() - context.receivedAt);
      let isFirst = true;
      for await (const chunk of next(context)) {
        if (!isFirst || !isContent(chunk)) {
          yield chunk;
          continue;
        }
        isFirst = false;
        const arrivedAt = clock.monotonic();
        yield chunk;
        metrics.overhead('after', clock.monotonic() - arrivedAt);
      }
    },
  };
}

/** A chunk that carries part of the answer; the first one is the point of no return. */
export function isContent(chunk: InferenceChunk): boolean {
  return chunk.type !== 'head' && chunk.type !== 'status';
}
