import { readBodyText } from '../../core/http-body.ts';
import type { HttpClient } from '../../core/http.ts';

/** What a sidecar answered to one of our questions; `json` is undefined for anything else. */
export interface SidecarReply {
  readonly status: number;
  readonly json: unknown;
}

/** Short questions to a server that we started. */
export interface SidecarClient {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  get(path: string, signal: AbortSignal): Promise<SidecarReply>;
  post(path: string, body: object, signal: AbortSignal): Promise<SidecarReply>;
}

export function createSidecarClient(http: HttpClient, port: number, key: string): SidecarClient {
  const url = `http://127.0.0.1:${String(port)}`;
  const headers = { authorization: `Bearer ${key}` };
  const ask = async (
    method: string,
    path: string,
    { signal, body }: { readonly signal: AbortSignal; readonly body?: object },
  ): Promise<SidecarReply> => {
    const response = await http.request({
      method,
      url: `${url}${path}`,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal,
    });
    return { status: response.status, json: parse(await readBodyText(response)) };
  };
  return {
    url,
    headers,
    get: (path, signal) => ask('GET', path, { signal }),
    post: (path, body, signal) => ask('POST', path, { signal, body }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
