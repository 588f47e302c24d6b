import { readBodyText } from '../core/http-body.ts';
import type { HttpClient } from '../core/http.ts';
import type { DataPaths } from '../platform/paths.ts';
import { readRuntimeFile } from '../platform/runtime-file.ts';
import type { RuntimeInfo } from '../platform/runtime-file.ts';

export interface FoundRuntime {
  readonly origin: string;
  readonly token: string;
  readonly info: RuntimeInfo;
}

const answerLimitMs = 2000;

/** The runtime that serves this data folder now. A file left behind by a crash leads to undefined. */
export async function findRuntime(
  paths: Pick<DataPaths, 'runtimeFile'>,
  http: HttpClient,
): Promise<FoundRuntime | undefined> {
  const info = await readRuntimeFile(paths.runtimeFile);
  if (!info) return undefined;
  const origin = `http://127.0.0.1:${String(info.port)}`;
  const found = { origin, token: info.ownerToken, info };
  return (await answersToOwner(http, found)) ? found : undefined;
}

/** Asks something only the owner may ask: a stranger's server on that port does not pass for ours. */
async function answersToOwner(http: HttpClient, runtime: FoundRuntime): Promise<boolean> {
  try {
    const response = await http.request({
      method: 'GET',
      url: `${runtime.origin}/control/settings`,
      headers: { authorization: `Bearer ${runtime.token}` },
      signal: AbortSignal.timeout(answerLimitMs),
    });
    await readBodyText(response);
    return response.status === 200;
  } catch {
    return false; // Nobody listens there any more.
  }
}
