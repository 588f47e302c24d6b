import type { Upstream } from '../ports.ts';

/** One circuit belongs to one upstream, as it is now, and one model. */
export function breakerKey(upstream: Upstream, model: string): string {
  return `${upstream.id}\n${upstream.epoch ?? ''}\n${model}`;
}

export function ofBreakerKey(key: string): { readonly upstreamId: string; readonly model: string } {
  const [upstreamId = '', , ...model] = key.split('\n');
  return { upstreamId, model: model.join('\n') };
}
