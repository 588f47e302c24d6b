import { z } from 'zod';
import { MillpondError } from '../../../core/error.ts';
import type { ErrorCode } from '../../../core/error.ts';
import { readBodyText } from '../../../core/http-body.ts';
import type { HttpResponse } from '../../../core/http.ts';
import { spentReasonOf } from '../../spent-key.ts';
import { parseJson } from './wire-events.ts';

export interface ServerIdentity {
  /** For messages, such as `Anthropic`. */
  readonly serverName: string;
  /** What the server calls the model. */
  readonly modelName: string;
}

const errorDetail = z.object({ type: z.string().nullish(), message: z.string().nullish() });
type ErrorDetail = z.output<typeof errorDetail>;
const errorBody = z.object({ error: z.unknown() });

const mostErrorBytes = 1024 * 1024;
/** An error text longer than this is a page, not a sentence. */
const longestSentence = 300;

/** What an answer with an error status means; reads its body. */
export async function failureOfResponse(
  response: HttpResponse,
  names: ServerIdentity,
): Promise<MillpondError> {
  const text = await readBodyText(response, { maxBytes: mostErrorBytes }).catch(() => '');
  const body = errorBody.safeParse(parseJson(text));
  const detail = detailOf(body.success ? body.data.error : undefined);
  return explain(response.status, detail, { ...names, ...retryOf(response.headers) });
}

/** What an error inside an answer with status 200 means. */
export function failureOfEvent(error: unknown, names: ServerIdentity): MillpondError {
  const detail = detailOf(error);
  return explain(statusOf[detail.type ?? ''] ?? 500, detail, names);
}

/** What a type of error would have been, had it come in time for a status. */
const statusOf: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

interface Told extends ServerIdentity {
  readonly retryAfterMs?: number;
}

function explain(status: number, detail: ErrorDetail, told: Told): MillpondError {
  const { serverName, modelName, retryAfterMs } = told;
  const said = sentenceOf(detail);
  const fail = (code: ErrorCode, sentence: string, reason?: string): MillpondError =>
    new MillpondError(code, said === '' ? sentence : `${sentence}: ${said}`, {
      ...(reason !== undefined && { reason }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  const spent = spentReasonOf({ status, ...detail });
  if (spent !== undefined) {
    const sentence = `The quota or credit of this key at ${serverName} is used up`;
    return fail('rate-limited', sentence, spent);
  }
  if (status === 400 && isTooLong(detail)) {
    return new MillpondError('context-overflow', said, { reason: 'context_length_exceeded' });
  }
  switch (status) {
    case 401:
      return new MillpondError(
        'unauthenticated',
        `${serverName} did not accept the API key; check the key that is stored for it`,
      );
    case 403:
      return fail('forbidden', `${serverName} forbids this request`);
    case 404:
      return fail('model-not-found', `${serverName} does not offer ${modelName}`);
    case 413:
      return fail('too-large', `The request is larger than ${serverName} takes`);
    case 429:
      return fail('rate-limited', `${serverName} takes no more requests for now; try again later`);
    case 503:
    case 529:
      return fail('overloaded', `${serverName} is overloaded; try again later`);
    case 408:
    case 504:
      return fail('unavailable', `${serverName} took too long`);
  }
  if (status >= 400 && status < 500) {
    return fail('invalid-request', `${serverName} refused the request`);
  }
  return fail('unavailable', `${serverName} failed`);
}

/** Said in words only. */
function isTooLong({ message }: ErrorDetail): boolean {
  return /prompt is too long|exceeds? the (?:maximum )?(?:context|input)|context (?:limit|window|length)/i.test(
    message ?? '',
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
function retryOf(headers: HttpResponse['headers']): { readonly retryAfterMs?: number } {
  const exact = Number(firstOf(headers['retry-after-ms']) ?? Number.NaN);
  if (Number.isFinite(exact)) return { retryAfterMs: Math.max(0, exact) };
  const text = firstOf(headers['retry-after']);
  if (text === undefined) return {};
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return { retryAfterMs: Math.max(0, seconds * 1000) };
  const at = Date.parse(text);
  return Number.isNaN(at) ? {} : { retryAfterMs: Math.max(0, at - Date.now()) };
}

function firstOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
