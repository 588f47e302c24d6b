import type { LiveRequests } from '../activity/live-requests.ts';
import type { PipelineStage } from './pipeline.ts';

/** Shows the request in Activity while it runs, and records how it ended, whoever ended it. */
export function trace(requests: LiveRequests): PipelineStage {
  return {
    name: 'trace',
    async *run(context, next) {
      const live = requests.begin(context);
      try {
        for await (const chunk of next({
          ...context,
          signal: live.signal,
          onRoute: (decision) => {
            live.routed(decision);
          },
        })) {
          live.observe(chunk);
          yield chunk;
        }
        live.succeed();
      } catch (thrown) {
        throw live.fail(thrown);
      } finally {
        live.end();
      }
    },
  };
}
