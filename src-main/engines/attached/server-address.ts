import { MillpondError } from '../../core/error.ts';
import { isLoopbackHost } from '../../platform/http/loopback.ts';

/** Paths that people copy along with an address, from documentation or another program's settings. */
const endpoints =
  /\/(?:v1|api\/v[01]|api)?(?:\/(?:chat\/completions|completions|embeddings|models|tags|chat|generate))?$/;

/**
 * The address below which a server's API lies, without `/v1` and without a slash at the end. Throws
 * `invalid-request` with one sentence for anything that cannot be a server.
 */
export function serverAddressOf(text: string): string {
  const typed = text.trim();
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `http://${typed}`;
  if (typed === '' || !URL.canParse(spelled))
    throw refused(`'${typed.slice(0, 100)}' is no address`);
  const url = new URL(spelled);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refused(`Millpond asks servers over http and https, not '${url.protocol.slice(0, -1)}'`);
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('Leave user name and password out of the address and add the key below it');
  }
  if (url.search !== '' || url.hash !== '') {
    throw refused('Leave everything from ? or # on out of the address');
  }
  // What a server says that it listens on; as a place to go to it means this machine.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.hostname === '[::]') url.hostname = '[::1]';
  const path = url.pathname.replace(/\/+$/, '').replace(endpoints, '');
  return `${url.origin}${path}`;
}

/** For sentences and as a default name, such as `127.0.0.1:8000`. */
export function hostOf(url: string): string {
  return new URL(url).host;
}

/** Whether a server of this address runs on this machine. */
export function isOnThisMachine(url: string): boolean {
  return isLoopbackHost(hostOf(url));
}

function refused(sentence: string): MillpondError {
  return new MillpondError('invalid-request', `${sentence}; write it like http://127.0.0.1:11434`, {
    param: 'url',
  });
}
