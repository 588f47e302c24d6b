import { randomBytes } from 'node:crypto';
import type { RequestRecord, RouteDecision } from '../../contract/activity.ts';

// OTLP's JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

export interface OtlpAttribute {
  readonly key: string;
  readonly value:
    | { readonly stringValue: string }
    | { readonly intValue: string }
    | { readonly boolValue: boolean };
}

export interface OtlpSpan {
  /** 16 bytes in hex. */
  readonly traceId: string;
  /** 8 bytes in hex. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code: number };
}

const serverSpan = 2;
const clientSpan = 3;
const unset = 0;
const failed = 2;

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * One span for a request that ended and one below it for each attempt, with the attributes of the GenAI
 * semantic conventions. Never what was asked or answered, and no sentence of an error: only its code.
 */
export function spansOf(record: RequestRecord): OtlpSpan[] {
  const root: OtlpSpan = {
    traceId: record.id.replaceAll('-', ''),
    spanId: newSpanId(),
    name: `${operationOf(record.task)} ${record.model}`,
    kind: serverSpan,
    ...timesOf(record, 0, record.durationMs ?? 0),
    attributes: attributesOf({ ...modelAttributes(record), ...requestAttributes(record) }),
    status: { code: record.state === 'failed' ? failed : unset },
  };
  const attempts = record.route?.attempts ?? [];
  const ends = attempts.map((_, index) => attempts[index + 1]?.startedMs ?? record.durationMs ?? 0);
  return [
    root,
    ...attempts.map((attempt, index) => attemptSpan(record, root, attempt, ends[index] ?? 0)),
  ];
}

function attemptSpan(
  record: RequestRecord,
  { traceId, spanId }: OtlpSpan,
  attempt: RouteDecision['attempts'][number],
  endMs: number,
): OtlpSpan {
  const model = attempt.model ?? record.model;
  return {
    traceId,
    spanId: newSpanId(),
    parentSpanId: spanId,
    name: `${operationOf(record.task)} ${model}`,
    kind: clientSpan,
    ...timesOf(record, attempt.startedMs, endMs),
    attributes: attributesOf({
      ...modelAttributes({ ...record, model }),
      'gen_ai.usage.output_tokens': attempt.tokens,
      'error.type': attempt.failure?.code,
      'millpond.machine': attempt.machine,
      'millpond.upstream': attempt.upstream,
    }),
    status: { code: attempt.failure === undefined ? unset : failed },
  };
}

function modelAttributes({ task, model, alias, provider }: RequestRecord): Attributes {
  return {
    'gen_ai.operation.name': operationOf(task),
    'gen_ai.provider.name': provider ?? 'millpond',
    'gen_ai.request.model': alias ?? model,
  };
}

function requestAttributes(record: RequestRecord): Attributes {
  const { usage, error, status, upstream } = record;
  return {
    'gen_ai.response.model': upstream === undefined ? undefined : record.model,
    'gen_ai.usage.input_tokens': usage?.promptTokens,
    'gen_ai.usage.output_tokens': usage?.completionTokens,
    'gen_ai.usage.cache_read.input_tokens': usage?.cachedTokens,
    'gen_ai.usage.cache_creation.input_tokens': usage?.cacheWriteTokens,
    'gen_ai.usage.reasoning.output_tokens': usage?.reasoningTokens,
    'http.response.status_code': status,
    'error.type': error?.code,
    'millpond.request.id': record.id,
    'millpond.machine': record.machine,
    'millpond.pool.id': record.poolId,
    'millpond.key.id': record.keyId,
    'millpond.streamed': record.streamed,
    'millpond.cached': record.isCached,
    'millpond.cost_micros': record.costMicros,
    'millpond.queued_ms': record.route?.queuedMs,
    'millpond.route.strategy': record.route?.strategy,
  };
}

const operations: Readonly<Record<string, string>> = {
  completion: 'text_completion',
  embedding: 'embeddings',
};

/** The conventions have names of their own for some tasks. */
function operationOf(task: string): string {
  return operations[task] ?? task;
}

function timesOf({ startedAt }: RequestRecord, fromMs: number, toMs: number) {
  return {
    startTimeUnixNano: nanos(startedAt + fromMs),
    endTimeUnixNano: nanos(startedAt + Math.max(fromMs, toMs)),
  };
}

/** More than a double holds: milliseconds and the rest are put together as text. */
function nanos(epochMs: number): string {
  const whole = Math.floor(epochMs);
  const rest = Math.floor((epochMs - whole) * 1e6);
  return `${whole.toString()}${rest.toString().padStart(6, '0')}`;
}

function attributesOf(attributes: Attributes): OtlpAttribute[] {
  return Object.entries(attributes).flatMap(([key, value]): OtlpAttribute[] => {
    switch (typeof value) {
      case 'string':
        return [{ key, value: { stringValue: value } }];
      case 'boolean':
        return [{ key, value: { boolValue: value } }];
      case 'number':
        return [{ key, value: { intValue: Math.round(value).toString() } }];
      default:
        return [];
    }
  });
}

function newSpanId(): string {
  return randomBytes(8).toString('hex');
}
