// The test hub in a process of its own, so that a benchmark measures its client's CPU alone.
// Arguments: repository, commit, then for each file its path inside the repository and on the disk.
import type { SentRange } from './fetched-twice.ts';
import { startTestHub } from './hub-server.ts';

const [repo = '', commit = '', ...pairs] = process.argv.slice(2);
const files = new Map<string, string>();
for (let index = 0; index < pairs.length; index += 2) {
  files.set(pairs[index] ?? '', pairs[index + 1] ?? '');
}
const hub = await startTestHub({ repos: [{ repo, commit, files }] });

/** What the parent may ask. */
export type ToHubProcess =
  | { readonly type: 'requests' }
  | { readonly type: 'forget' }
  | { readonly type: 'pace'; readonly bytesPerSecond: number | undefined };

export type FromHubProcess =
  | { readonly type: 'ready'; readonly origin: string; readonly cdnOrigin: string }
  | { readonly type: 'done' }
  | { readonly type: 'requests'; readonly sent: readonly SentRange[] };

process.on('message', (message: ToHubProcess) => {
  if (message.type === 'requests') {
    const sent = hub.requests
      .filter(({ sentBytes }) => sentBytes > 0)
      .map(({ start, sentBytes }) => ({ start, end: start + sentBytes }));
    post({ type: 'requests', sent });
    return;
  }
  if (message.type === 'forget') hub.requests.length = 0;
  if (message.type === 'pace') {
    hub.faults.clear();
    const { bytesPerSecond } = message;
    if (bytesPerSecond !== undefined) hub.break('*', { bytesPerSecond });
  }
  post({ type: 'done' });
});
process.once('disconnect', () => process.exit(0));
post({ type: 'ready', origin: hub.origin, cdnOrigin: hub.cdnOrigin });

function post(message: FromHubProcess): void {
  process.send?.(message);
}
