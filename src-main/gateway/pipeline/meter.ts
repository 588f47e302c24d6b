import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { noUsage } from '../../core/usage.ts';
import type { Clock } from '../../core/clock.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { PipelineStage } from './pipeline.ts';

/** Counts what was asked and used; right also when the caller leaves before the end. */
export function meter(metrics: GatewayMetrics, clock: Clock): PipelineStage {
  return {
    name: 'meter',
    async *run(context, next) {
      const startedAt = clock.monotonic();
      let usage = noUsage;
      let firstContentMs: number | undefined;
      let outcome = 'cancelled';
      metrics.started();
      try {
        for await (const chunk of next(context)) {
          if (isContent(chunk)) firstContentMs ??= clock.monotonic() - startedAt;
          usage = ('usage' in chunk ? chunk.usage : undefined) ?? usage;
          yield chunk;
        }
        outcome = 'done';
      } catch (thrown) {
        outcome = MillpondError.from(thrown).code;
        throw thrown;
      } finally {
        const { envelope, input } = context.request;
        metrics.ended({
          task: input.task,
          model: envelope.model,
          outcome,
          usage,
          firstContentMs,
          durationMs: clock.monotonic() - startedAt,
        });
      }
    },
  };
}

/** A chunk that carries part of the answer; the first one is the point of no return. */
export function isContent(chunk: InferenceChunk): boolean {
  return chunk.type !== 'head' && chunk.type !== 'status';
}
