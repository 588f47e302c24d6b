import { MillpondError } from '../../core/error.ts';
import type { HttpResponse } from '../../core/http.ts';
import { hostOf } from './hub-endpoint.ts';

/** What was asked, for the sentence about its failure. */
export interface HubQuestion {
  readonly endpoint: string;
  /** Where the token that was sent came from; absent when none was sent. */
  readonly tokenFrom?: 'settings' | 'environment' | 'file';
  /** Which repository, revision and file it was about. */
  readonly repo?: string;
  readonly revision?: string;
  readonly path?: string;
}

const tokenPlaces = {
  settings: 'your access token',
  environment: 'the access token in HF_TOKEN',
  file: 'the access token in the Hugging Face token file',
} as const;

/** The hub was not reached, or did not answer as one. */
export function hubUnreachable(endpoint: string, cause?: unknown): MillpondError {
  return new MillpondError('unavailable', `${whyUnreachable(endpoint, cause)}, ${otherHub}`, {
    reason: 'hub-unreachable',
    cause,
  });
}

/** What a failed connection means for whoever asked a hub. Failures that were translated stay as they are. */
export function translateFailure(thrown: unknown, endpoint: string): MillpondError {
  if (!(thrown instanceof MillpondError)) return hubUnreachable(endpoint, thrown);
  const { code, reason } = thrown;
  if (reason === 'local-only') return hubClosed('local-only');
  const isNetwork = code === 'unavailable' && reason?.startsWith('hub-') !== true;
  return isNetwork ? hubUnreachable(endpoint, thrown) : thrown;
}

const otherHub = 'or choose another address for the hub';

/** The connection's own words where it has any, such as a certificate that is not trusted. */
function whyUnreachable(endpoint: string, cause: unknown): string {
  const isExplained = cause instanceof MillpondError && cause.reason !== undefined;
  if (isExplained) {
    const saysSo = cause.reason === 'broken-off' || cause.reason === 'timeout';
    return saysSo ? cause.message : `${cause.message}; try again`;
  }
  return `${hostOf(endpoint)} cannot be reached: check the network`;
}

/** Something answered, but not a hub: a login page of a network, or a broken mirror. */
export function notAHub(endpoint: string, cause?: unknown): MillpondError {
  return new MillpondError(
    'unavailable',
    `${hostOf(endpoint)} did not answer like a model hub: a login page of this network may stand in between, or the address is wrong`,
    { reason: 'hub-unreachable', cause },
  );
}

export function hubClosed(by: 'local-only' | 'environment'): MillpondError {
  const sentence =
    by === 'local-only'
      ? 'The hub is not asked while Local only is on: switch it off in the settings'
      : 'The hub is not asked while HF_HUB_OFFLINE is set: start Millpond without it';
  return new MillpondError('unavailable', sentence, { reason: 'hub-closed' });
}

/** What an answer that is no success means. */
export function errorOfAnswer(
  status: number,
  headers: HttpResponse['headers'],
  question: HubQuestion,
): MillpondError {
  const code = textOf(headers['x-error-code']);
  const host = hostOf(question.endpoint);
  if (code === 'GatedRepo') return gated(question);
  if (code === 'RepoNotFound') return missingRepo(question);
  if (code === 'RevisionNotFound') {
    return notFound(
      `${question.repo ?? 'The repository'} has no revision “${question.revision ?? ''}” at ${host}`,
    );
  }
  if (code === 'EntryNotFound') {
    return notFound(
      `${question.repo ?? 'The repository'} has no file ${question.path ?? ''} at ${host}: it may have been renamed`,
    );
  }
  if (status === 401) return unauthenticated(question);
  if (status === 403) return refused(question);
  if (status === 404) return missingRepo(question);
  if (status === 429) return rateLimited(headers, host);
  return status >= 500 ? hubUnreachable(question.endpoint, { status }) : unexpected(status, host);
}

/** Whether a remembered answer may stand in: the hub could not say anything now. */
export function isOutage(error: MillpondError): boolean {
  const reason = error.reason ?? '';
  return (
    error.code === 'rate-limited' ||
    (error.code === 'unavailable' && (reason === 'hub-unreachable' || reason === 'hub-closed'))
  );
}

function gated(question: HubQuestion): MillpondError {
  const { repo = 'This repository', endpoint, tokenFrom } = question;
  const page = question.repo === undefined ? endpoint : `${endpoint}/${question.repo}`;
  if (tokenFrom === undefined) {
    return new MillpondError(
      'unauthenticated',
      `${repo} is open only to accounts that were granted access: ask for it at ${page}, then enter your access token in the settings`,
      { reason: 'token-needed' },
    );
  }
  return new MillpondError(
    'forbidden',
    `${repo} is open only to accounts that were granted access: ask for it at ${page} with the account of ${tokenPlaces[tokenFrom]}`,
    { reason: 'gated-access-needed' },
  );
}

/** A hub answers 401 for a missing repository too, so that nobody learns which private ones exist. */
function missingRepo({ repo, endpoint, tokenFrom }: HubQuestion): MillpondError {
  const host = hostOf(endpoint);
  if (repo === undefined) return notFound(`${host} does not know this address`);
  return notFound(
    tokenFrom === undefined
      ? `${host} has no repository ${repo}, or it is private: check the name, or enter an access token that may read it`
      : `${host} has no repository ${repo} that ${tokenPlaces[tokenFrom]} may read: check the name`,
  );
}

function unauthenticated(question: HubQuestion): MillpondError {
  const { tokenFrom, endpoint, repo } = question;
  if (tokenFrom !== undefined) {
    return new MillpondError(
      'unauthenticated',
      `${hostOf(endpoint)} does not accept ${tokenPlaces[tokenFrom]}: enter a new one or take it away`,
      { reason: 'token-refused' },
    );
  }
  if (repo !== undefined) return missingRepo(question);
  return new MillpondError(
    'unauthenticated',
    `${hostOf(endpoint)} asks for an access token: enter one in the settings`,
    { reason: 'token-needed' },
  );
}

function refused({ repo, endpoint, tokenFrom }: HubQuestion): MillpondError {
  const what = repo ?? 'this';
  return new MillpondError(
    'forbidden',
    tokenFrom === undefined
      ? `${hostOf(endpoint)} does not give ${what} to everybody: enter an access token that may read it`
      : `${hostOf(endpoint)} does not let ${tokenPlaces[tokenFrom]} read ${what}: give the token that right or use another`,
    { reason: tokenFrom === undefined ? 'token-needed' : 'token-refused' },
  );
}

/** Whatever a server says: nobody plans further than this by it. */
const longestPauseSeconds = 60 * 60;

/** `Retry-After`, or the seconds until the window ends in Hugging Face's `ratelimit: "api";r=0;t=55`. */
function rateLimited(headers: HttpResponse['headers'], host: string): MillpondError {
  const window = /;\s*t=(\d+)/.exec(textOf(headers['ratelimit']))?.[1];
  const asked = Number.parseInt(textOf(headers['retry-after']), 10) || Number(window ?? 60);
  const seconds = Math.min(Math.max(asked, 1), longestPauseSeconds);
  return new MillpondError(
    'rate-limited',
    `${host} asks for a pause: try again in ${seconds} seconds`,
    { retryAfterMs: seconds * 1000 },
  );
}

function unexpected(status: number, host: string): MillpondError {
  return new MillpondError(
    'unavailable',
    `${host} refused the request (HTTP ${status}): the address may not be a model hub`,
    { reason: 'hub-unreachable' },
  );
}

function notFound(sentence: string): MillpondError {
  return new MillpondError('not-found', sentence);
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : (header?.[0] ?? '');
}
