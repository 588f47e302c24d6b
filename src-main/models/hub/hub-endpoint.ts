import { MillpondError } from '../../core/error.ts';
import type { Environment } from './ports.ts';

/** Where models are looked for, without a slash at its end, and who decided that. */
export interface HubEndpoint {
  readonly url: string;
  readonly from: 'settings' | 'environment' | 'default';
}

export const officialEndpoint = 'https://huggingface.co';

/** Offered to a person when the endpoint cannot be reached. */
export const knownEndpoints = [
  { name: 'Hugging Face', url: officialEndpoint },
  { name: 'HF-Mirror', url: 'https://hf-mirror.com' },
] as const;

/**
 * The endpoint in force: the settings', else `HF_ENDPOINT`, else the official one. An address that
 * cannot be one is passed over.
 */
export function chooseEndpoint(setting: string, environment: Environment): HubEndpoint {
  const own = readEndpoint(setting);
  if (own !== undefined) return { url: own, from: 'settings' };
  const named = readEndpoint(environment['HF_ENDPOINT'] ?? '');
  if (named !== undefined) return { url: named, from: 'environment' };
  return { url: officialEndpoint, from: 'default' };
}

/** What a person typed as an address; empty stays empty. Throws `invalid-request`. */
export function parseEndpoint(text: string): string {
  if (text.trim() === '') return '';
  const url = readEndpoint(text);
  if (url !== undefined) return url;
  throw new MillpondError(
    'invalid-request',
    `“${text.trim()}” is not the address of a model hub: it looks like https://huggingface.co`,
    { param: 'url' },
  );
}

/** The host with its port, for sentences. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}

/** Scheme, host and port: what a token is bound to. */
export function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}

/** `HF_HUB_OFFLINE` closes the hub as Hugging Face's own tools read it. */
export function isOfflineByEnvironment(environment: Environment): boolean {
  return /^(?:1|on|yes|true)$/i.test(environment['HF_HUB_OFFLINE'] ?? '');
}

/** A host without a scheme is taken for HTTPS. Names, passwords, queries and fragments make no endpoint. */
function readEndpoint(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return undefined;
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
