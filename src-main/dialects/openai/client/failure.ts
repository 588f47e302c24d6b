import { z } from 'zod';
import { MillpondError } from '../../../core/error.ts';
import type { HttpResponse } from '../../../core/http.ts';
import { spentReasonOf } from '../../spent-key.ts';
import type { OpenAiQuirks } from './quirks.ts';
import { readAnswerText } from './read-body.ts';
import { parseJson } from './wire-answer.ts';

export interface ServerIdentity {
  /** For messages, such as `Ollama at 127.0.0.1:11434`. */
  readonly serverName: string;
  /** What the server calls the model. */
  readonly modelName: string;
  readonly quirks: Pick<OpenAiQuirks, 'failsWith404' | 'forbidsRequests'>;
}

/** The shapes in use: OpenAI's object, a bare sentence (mlx_lm, Ollama), FastAPI's `detail`. */
const errorDetail = z.object({
  message: z.string().nullish(),
  type: z.string().nullish(),
  code: z.union([z.string(), z.number()]).nullish(),
  param: z.string().nullish(),
});
type ErrorDetail = z.output<typeof errorDetail>;
const errorBody = z.object({
  error: z.unknown().optional(),
  detail: z.unknown().optional(),
  message: z.unknown().optional(),
});

/** An error text longer than this is a page, not a sentence. */
const longestSentence = 300;
const mostErrorBytes = 1024 * 1024;

/** What an answer with an error status means; reads its body. */
export async function failureOfResponse(
  response: HttpResponse,
  names: ServerIdentity,
): Promise<MillpondError> {
  const text = await readAnswerText(response, mostErrorBytes).catch(() => '');
  const body = errorBody.safeParse(parseJson(text));
  const detail = body.success
    ? detailOf(body.data.error ?? body.data.detail ?? body.data.message)
    : {};
  const retryAfterMs = retryAfterOf(response.headers);
  return explain(response.status, detail, names, retryAfterMs);
}

/** What an error inside an answer with status 200 means. */
export function failureOfEvent(error: unknown, names: ServerIdentity): MillpondError {
  const detail = detailOf(error);
  const code = Number(detail.code);
  return explain(code >= 400 && code < 600 ? code : 500, detail, names);
}

function explain(
  status: number,
  detail: ErrorDetail,
  { serverName, modelName, quirks }: ServerIdentity,
  retryAfterMs?: number,
): MillpondError {
  const said = sentenceOf(detail);
  if (isContextOverflow(detail)) {
    return new MillpondError('context-overflow', said || 'The prompt is longer than the context', {
      reason: 'context_length_exceeded',
    });
  }
  const withReason = (sentence: string): string => (said ? `${sentence}: ${said}` : sentence);
  const spent = spentReasonOf({ status, ...detail });
  if (spent !== undefined) {
    return new MillpondError(
      'rate-limited',
      withReason(`The quota or credit of this key at ${serverName} is used up`),
      { reason: spent, ...(retryAfterMs !== undefined && { retryAfterMs }) },
    );
  }
  switch (status) {
    case 401:
    case 403:
      if (status === 403 && quirks.forbidsRequests) {
        return new MillpondError('forbidden', withReason(`${serverName} forbids this request`));
      }
      return new MillpondError(
        'unauthenticated',
        `${serverName} did not accept the API key; check the key that is stored for it`,
      );
    case 404:
      if (quirks.failsWith404 && said !== '') break;
      return new MillpondError(
        'model-not-found',
        withReason(`${serverName} does not offer ${modelName}`),
      );
    case 429:
      return new MillpondError(
        'rate-limited',
        withReason(`${serverName} takes no more requests for now; try again later`),
        { ...(retryAfterMs !== undefined && { retryAfterMs }) },
      );
    case 408:
      return new MillpondError('unavailable', `${serverName} waited too long for the request`);
  }
  if (status >= 400 && status < 500) {
    return new MillpondError('invalid-request', withReason(`${serverName} refused the request`), {
      ...(typeof detail.param === 'string' && { param: detail.param }),
    });
  }
  return new MillpondError('unavailable', withReason(`${serverName} failed`), {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** Codes where a server has one; vLLM and LM Studio say it in words only. */
function isContextOverflow({ type, code, message }: ErrorDetail): boolean {
  return (
    type === 'exceed_context_size_error' ||
    code === 'context_length_exceeded' ||
    /maximum context length|context length of|exceeds the (?:available )?context/i.test(
      message ?? '',
    )
  );
}

function detailOf(error: unknown): ErrorDetail {
  if (typeof error === 'string') return { message: error };
  const parsed = errorDetail.safeParse(error);
  return parsed.success ? parsed.data : {};
}

function sentenceOf({ message }: ErrorDetail): string {
  const line = (message ?? '').trim().replaceAll(/\s+/g, ' ');
  return line.length <= longestSentence ? line : `${line.slice(0, longestSentence - 1)}…`;
}

/** Milliseconds where the server says so, else seconds or a date of HTTP. */
function retryAfterOf(headers: HttpResponse['headers']): number | undefined {
  const exact = Number(firstOf(headers['retry-after-ms']) ?? Number.NaN);
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const text = firstOf(headers['retry-after']);
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function firstOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
