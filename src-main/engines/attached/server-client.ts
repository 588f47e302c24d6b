import type { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { readBodyText } from '../../core/http-body.ts';
import type { HttpClient, HttpResponse } from '../../core/http.ts';
import { hostOf } from './server-address.ts';

interface ServerClientDeps {
  readonly http: HttpClient;
  readonly clock: Pick<Clock, 'after'>;
  /** As `serverAddressOf` gives it. */
  readonly url: string;
  /** Sent as a bearer to this server alone; read once for each question. */
  readonly key: () => string | undefined;
}

interface Question {
  readonly path: string;
  readonly body?: object;
  readonly signal: AbortSignal;
}

/** Asks one server small questions about itself. Every failure is a sentence for a person. */
export interface ServerClient {
  /** Rejects with `unavailable` or `invalid-request`, saying what answered instead. */
  ask<T>(question: Question, shape: z.ZodType<T>): Promise<T>;
  /**
   * The same where another kind of server is no failure: undefined for any other answer. Rejects with
   * `unavailable` where none came: silence says nothing about what a server is.
   */
  tryAsk<T>(question: Question, shape: z.ZodType<T>): Promise<T | undefined>;
}

/** A server that thinks longer about so little is as good as none. */
const answerWithinMs = 4000;
const maxAnswerBytes = 16 * 1024 * 1024;

export function createServerClient(deps: ServerClientDeps): ServerClient {
  const host = hostOf(deps.url);

  return {
    async ask(question, shape) {
      const key = deps.key();
      const { text, response } = await exchange(deps, question, key);
      if (!isSuccess(response)) {
        throw unexpectedStatus(host, { ...question, response, hasKey: key !== undefined });
      }
      const parsed = shape.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      throw new MillpondError(
        'invalid-request',
        looksLikePage(response, text)
          ? `${host} answered with a web page, not with a list of models; give the address of its API, such as http://127.0.0.1:11434`
          : `${host} answered with something that is no list of models; it does not seem to speak the OpenAI API`,
        { param: 'url' },
      );
    },
    async tryAsk(question, shape) {
      const { text, response } = await exchange(deps, question, deps.key());
      return isSuccess(response) ? shape.safeParse(parseJson(text)).data : undefined;
    },
  };
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

async function exchange(
  { http, clock, url }: ServerClientDeps,
  { path, body, signal }: Question,
  key: string | undefined,
): Promise<{ readonly response: HttpResponse; readonly text: string }> {
  const late = new AbortController();
  const cancel = clock.after(answerWithinMs, () => {
    late.abort(tooSlow(hostOf(url)));
  });
  try {
    const response = await http.request({
      method: body === undefined ? 'GET' : 'POST',
      url: `${url}${path}`,
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, late.signal]),
    });
    return { response, text: await readBodyText(response, { maxBytes: maxAnswerBytes }) };
  } finally {
    cancel();
  }
}

function tooSlow(host: string): MillpondError {
  return new MillpondError(
    'unavailable',
    `${host} took the connection and did not answer within ${(answerWithinMs / 1000).toString()} seconds`,
    { reason: 'timeout' },
  );
}

interface Unexpected {
  readonly path: string;
  readonly response: HttpResponse;
  readonly hasKey: boolean;
}

function unexpectedStatus(host: string, { path, response, hasKey }: Unexpected): MillpondError {
  const { status, headers } = response;
  if (status === 401 || status === 403) {
    const sentence = hasKey
      ? `${host} does not accept this API key; check it and try again`
      : `${host} asks for an API key; add one and try again`;
    return new MillpondError('invalid-request', sentence, { param: 'keys', reason: 'needs-key' });
  }
  if (status >= 300 && status < 400) {
    const target = headers['location'];
    const elsewhere = typeof target === 'string' ? ` to ${target.slice(0, 200)}` : '';
    return wrongAddress(`${host} sends visitors on${elsewhere}; give that address instead`);
  }
  if (status === 429) {
    return new MillpondError('rate-limited', `${host} takes no more requests for now`);
  }
  if (status >= 500) {
    return new MillpondError(
      'unavailable',
      `${host} answered with status ${status.toString()}: it is starting or broken; try again in a moment`,
    );
  }
  return wrongAddress(
    `${host} answers, but has no ${path} (status ${status.toString()}): it does not speak the OpenAI API at this address`,
  );
}

function wrongAddress(sentence: string): MillpondError {
  return new MillpondError('invalid-request', sentence, { param: 'url' });
}

function looksLikePage({ headers }: HttpResponse, text: string): boolean {
  const type = headers['content-type'];
  return (typeof type === 'string' && type.includes('html')) || /^\s*</.test(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No shape fits it, which is what the caller reports.
  }
}
