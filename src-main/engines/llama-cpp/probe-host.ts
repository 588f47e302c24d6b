import { MillpondError } from '../../core/error.ts';
import type { FromProbeHost, ToProbeHost } from '../hosting/host-protocol.ts';
import { openBackend } from './backend.ts';
import type { Backend } from './backend.ts';
import { inspectModel } from './inspect.ts';
import type { ParentTransport } from './parent-transport.ts';

/** Reading and planning need no more. */
const probeThreads = 1;

/** Answers what files are, one after the other, until the channel closes. */
export function runProbeHost(
  transport: ParentTransport<ToProbeHost, FromProbeHost>,
  exit: () => void,
): void {
  let backend: Promise<Backend> | undefined;
  let last = Promise.resolve();
  transport.onMessage(({ id, path, options }) => {
    last = last.then(async () => {
      try {
        backend ??= openBackend({ maxThreads: probeThreads });
        const inspection = await inspectModel(path, options, await backend);
        transport.post({ type: 'inspected', id, inspection });
      } catch (error) {
        const failure = MillpondError.from(error, 'model-load-failed');
        transport.post({ type: 'failed', id, error: failure.toBody() });
      }
    });
  });
  transport.onClose(exit);
}
