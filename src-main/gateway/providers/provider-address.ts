import { MillpondError } from '../../core/error.ts';
import { hostnameOf, isLoopbackHost } from '../../platform/http/loopback.ts';
import { isPublicAddress } from '../../platform/http/public-addresses.ts';
import type { Preset } from './presets.ts';

/** Paths that people copy along with an address. */
const endpoints =
  /\/(?:chat\/completions|completions|embeddings|responses|messages(?:\/count_tokens)?|models|rerank)$/;

/** Names and addresses at which machines of clouds are asked for their credentials. */
const metadataHosts = new Set([
  'metadata',
  'metadata.google.internal',
  'instance-data',
  '169.254.169.254',
  '169.254.170.2',
  '168.63.129.16',
  '100.100.100.200',
  'fd00:ec2::254',
]);

/** Names that no server of the internet can have. */
const privateNames = /^[^.]+$|\.(?:local|lan|home\.arpa|internal)$/;

/**
 * Where a provider's API begins, without a slash at the end. Keys are sent there, so only https leaves
 * this network. Throws `invalid-request` with one sentence for anything that cannot be a provider.
 */
export function providerAddressOf(text: string, preset: Preset): string {
  const typed = text.trim();
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`;
  if (typed === '' || !URL.canParse(spelled)) {
    throw refused(`'${typed.slice(0, 100)}' is no address`);
  }
  const url = new URL(spelled);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refused(`Millpond asks providers over https, not '${url.protocol.slice(0, -1)}'`);
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('Leave user name and password out of the address and add the key below it');
  }
  checkHost(url);
  if (preset.id === 'azure') return azureAddress(url);
  if (url.search !== '' || url.hash !== '') {
    throw refused('Leave everything from ? or # on out of the address');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(endpoints, '')}`;
}

function checkHost(url: URL): void {
  const name = hostnameOf(url.host);
  if (metadataHosts.has(name) || isNowhere(name)) {
    throw refused(`${name} is no address of a provider`);
  }
  if (url.protocol === 'https:' || isLoopbackHost(url.host)) return;
  if (isPrivate(name)) return;
  throw refused(`${name} is asked over https only: keys and prompts would be readable on the way`);
}

/** Link-local, multicast and unspecified addresses lead to no server. */
function isNowhere(name: string): boolean {
  return (
    /^(?:0\.|169\.254\.|2(?:2[4-9]|[34]\d|5[0-5])\.)\d{1,3}\.\d{1,3}(?:\.\d{1,3})?$/.test(name) ||
    /^(?:::|fe[89ab][0-9a-f]:.*|ff[0-9a-f]{2}:.*|::ffff:a9fe:.*)$/.test(name)
  );
}

function isPrivate(name: string): boolean {
  const isAddress = /^[\d.]+$/.test(name) || name.includes(':');
  return isAddress ? !isPublicAddress(name) : privateNames.test(name);
}

/** Its `v1` API needs no `api-version`: addresses of older ones are turned into it. */
function azureAddress(url: URL): string {
  return `${url.origin}/openai/v1`;
}

function refused(sentence: string): MillpondError {
  return new MillpondError(
    'invalid-request',
    `${sentence}; write it like https://api.example.com/v1`,
    { param: 'baseUrl' },
  );
}
