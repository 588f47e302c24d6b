import { expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { errorOfAnswer, isOutage, translateFailure, type HubQuestion } from './hub-errors.ts';

const endpoint = 'https://huggingface.co';
const repo = 'meta-llama/Llama-3.2-1B';
const page = `${endpoint}/${repo}`;

interface Row {
  readonly status: number;
  readonly code?: string;
  readonly question?: Partial<HubQuestion>;
  readonly is: string;
  readonly reason?: string;
  readonly says: string;
}

const rows: readonly Row[] = [
  {
    status: 401,
    code: 'GatedRepo',
    is: 'unauthenticated',
    reason: 'token-needed',
    says: `${repo} is open only to accounts that were granted access: ask for it at ${page}, then enter your access token in the settings`,
  },
  {
    status: 403,
    code: 'GatedRepo',
    question: { tokenFrom: 'settings' },
    is: 'forbidden',
    reason: 'gated-access-needed',
    says: `${repo} is open only to accounts that were granted access: ask for it at ${page} with the account of your access token`,
  },
  {
    status: 401,
    code: 'RepoNotFound',
    is: 'not-found',
    says: `huggingface.co has no repository ${repo}, or it is private: check the name, or enter an access token that may read it`,
  },
  {
    status: 401,
    is: 'not-found',
    says: `huggingface.co has no repository ${repo}, or it is private: check the name, or enter an access token that may read it`,
  },
  {
    status: 404,
    code: 'RepoNotFound',
    question: { tokenFrom: 'environment' },
    is: 'not-found',
    says: `huggingface.co has no repository ${repo} that the access token in HF_TOKEN may read: check the name`,
  },
  {
    status: 404,
    code: 'RevisionNotFound',
    question: { revision: 'v2' },
    is: 'not-found',
    says: `${repo} has no revision “v2” at huggingface.co`,
  },
  {
    status: 404,
    code: 'EntryNotFound',
    question: { path: 'm.gguf' },
    is: 'not-found',
    says: `${repo} has no file m.gguf at huggingface.co: it may have been renamed`,
  },
  {
    status: 401,
    question: { tokenFrom: 'file' },
    is: 'unauthenticated',
    reason: 'token-refused',
    says: 'huggingface.co does not accept the access token in the Hugging Face token file: enter a new one or take it away',
  },
  {
    status: 403,
    question: { tokenFrom: 'settings' },
    is: 'forbidden',
    reason: 'token-refused',
    says: `huggingface.co does not let your access token read ${repo}: give the token that right or use another`,
  },
  {
    status: 502,
    is: 'unavailable',
    reason: 'hub-unreachable',
    says: 'huggingface.co cannot be reached: check the network, or choose another address for the hub',
  },
  {
    status: 418,
    is: 'unavailable',
    reason: 'hub-unreachable',
    says: 'huggingface.co refused the request (HTTP 418): the address may not be a model hub',
  },
];

test.each(rows)('says for $status $code: $says', ({ status, code, question, is, reason, says }) => {
  const headers = code === undefined ? {} : { 'x-error-code': code };
  const error = errorOfAnswer(status, headers, { endpoint, repo, ...question });
  expect([error.code, error.reason, error.message]).toEqual([is, reason, says]);
});

test.each([
  [{ 'retry-after': '7' }, 7000],
  [{ ratelimit: '"api";r=0;t=55' }, 55_000],
  [{ 'retry-after': 'Wed, 21 Oct 2025 07:28:00 GMT' }, 60_000],
  [{ 'retry-after': '9'.repeat(400) }, 3_600_000],
  [{ 'retry-after': '-5' }, 1000],
  [{}, 60_000],
])('reads the pause in %j', (headers, retryAfterMs) => {
  const error = errorOfAnswer(429, headers, { endpoint });
  expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs });
});

test("keeps the connection's own words, and what was said already", () => {
  const certificate = new MillpondError(
    'unavailable',
    'hub.lan cannot be reached: its certificate is not trusted here',
    { reason: 'certificate' },
  );
  expect(translateFailure(certificate, 'https://hub.lan')).toMatchObject({
    reason: 'hub-unreachable',
    message:
      'hub.lan cannot be reached: its certificate is not trusted here; try again, or choose another address for the hub',
  });
  const closed = new MillpondError('forbidden', 'not let out', { reason: 'local-only' });
  expect(translateFailure(closed, endpoint).reason).toBe('hub-closed');
  const gated = errorOfAnswer(403, { 'x-error-code': 'GatedRepo' }, { endpoint, repo });
  expect(translateFailure(gated, endpoint)).toBe(gated);
});

test('takes what it knew for an answer only when the hub could not say anything', () => {
  const outage = (status: number): boolean =>
    isOutage(errorOfAnswer(status, {}, { endpoint, repo }));
  expect([500, 503, 429].map(outage)).toEqual([true, true, true]);
  expect([401, 403, 404].map(outage)).toEqual([false, false, false]);
});

test('a connection that broke off says once to try again', () => {
  const cause = new MillpondError('unavailable', 'a.example: the connection broke off; try again', {
    reason: 'broken-off',
  });
  expect(translateFailure(cause, endpoint).message).toBe(
    'a.example: the connection broke off; try again, or choose another address for the hub',
  );
});
