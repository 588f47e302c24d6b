import { createHash } from 'node:crypto';
import type { CanonicalInput, InferenceRequest, RawRequest } from '../../core/inference.ts';
import { callerScope, callerTenant } from '../caller.ts';
import type { RequestContext } from '../pipeline/pipeline.ts';

/**
 * Whether the same question would be answered the same again: greedy or seeded text without tools, and
 * vectors. A picture behind an address may be another one tomorrow, and what the canonical form cannot
 * say may mean anything.
 */
export function isRepeatable({ input, raw }: InferenceRequest): boolean {
  if (raw !== undefined && raw.demands.length > 0) return false;
  switch (input.task) {
    case 'chat':
      return isFixed(input) && input.tools.length === 0 && !hasRemotePictures(input);
    case 'completion':
      return isFixed(input);
    case 'embedding':
    case 'rerank':
      return true;
    case 'count':
    case 'proxy':
      return false;
  }
}

function isFixed({ sampling }: Extract<CanonicalInput, { readonly sampling: unknown }>): boolean {
  return sampling.temperature === 0 || sampling.seed !== undefined;
}

function hasRemotePictures({
  messages,
}: Extract<CanonicalInput, { readonly task: 'chat' }>): boolean {
  const urls = messages.flatMap((message) => {
    if (message.role === 'tool') return message.images ?? [];
    return message.role === 'user' ? message.content.filter((part) => part.type === 'image') : [];
  });
  return urls.some(({ url }) => !url.startsWith('data:'));
}

/**
 * The whole question as one digest. It begins with the tenant and what exists for the caller: nobody
 * gets an answer that was made for somebody with other rights.
 */
export function cacheKey({ request, caller, alias }: RequestContext): string {
  const { envelope, input, raw } = request;
  const { models, pools, isVisitor = false, providers } = callerScope(caller);
  const question = [
    callerTenant(caller),
    [models?.toSorted(), pools.toSorted(), isVisitor, providers],
    [envelope.privacy, envelope.pin, envelope.digest],
    [envelope.model, alias],
    input,
    raw && [raw.dialect, raw.path, raw.headers, fieldsOf(raw)],
  ];
  return createHash('sha256').update(JSON.stringify(question)).digest('base64');
}

/** Fields of the body that may change an answer: how it is delivered is no matter of its content. */
function fieldsOf({ body }: RawRequest): unknown {
  const fields: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
  if (typeof fields !== 'object' || fields === null) return fields;
  const { stream: _stream, stream_options: _options, ...rest } = fields as Record<string, unknown>;
  return rest;
}

/** Tells two requests under one idempotency key apart. */
export function requestDigest({ request, streamed }: RequestContext): string {
  const { envelope, input, raw } = request;
  const hash = createHash('sha256').update(JSON.stringify([envelope.model, streamed, input]));
  if (raw !== undefined) hash.update(`\n${raw.dialect}\n${raw.path}\n`).update(raw.body);
  return hash.digest('base64');
}
