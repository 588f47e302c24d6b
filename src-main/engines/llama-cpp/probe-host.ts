import { MillpondError } from '../../core/error.ts';
import type { FromProbeHost, ToProbeHost } from '../hosting/host-protocol.ts';
import { openBackend } from './backend.ts';
import type { Backend } from './backend.ts';
import { describeDevices } from './devices.ts';
import { inspectModel } from './inspect.ts';
import type { ParentTransport } from './parent-transport.ts';
import { measureReadSpeed } from './read-speed.ts';
import { StudiedModels } from './studied-models.ts';

/** Reading and planning need no more. */
const probeThreads = 1;

/** Answers what files and this machine are, one question after the other, until the channel closes. */
export function runProbeHost(
  transport: ParentTransport<ToProbeHost, FromProbeHost>,
  exit: () => void,
): void {
  const answer = createAnswerer();
  let last = Promise.resolve();
  transport.onMessage((question) => {
    last = last.then(async () => {
      try {
        transport.post(await answer(question));
      } catch (error) {
        const failure = MillpondError.from(error, 'model-load-failed');
        transport.post({ type: 'failed', id: question.id, error: failure.toBody() });
      }
    });
  });
  transport.onClose(exit);
}

function createAnswerer(): (question: ToProbeHost) => Promise<FromProbeHost> {
  const models = new StudiedModels();
  const backends = new Map<'auto' | false, Promise<Backend>>();
  const backend = (gpu: 'auto' | false): Promise<Backend> => {
    const known = backends.get(gpu) ?? openBackend({ maxThreads: probeThreads, gpu });
    backends.set(gpu, known);
    return known;
  };
  return async (question) => {
    const { id } = question;
    switch (question.type) {
      case 'inspect': {
        const gpu = question.options.gpus?.length === 0 ? false : 'auto';
        const inspection = await inspectModel(question, await backend(gpu), models);
        return { type: 'inspected', id, inspection };
      }
      case 'devices':
        return { type: 'devices', id, devices: await describeDevices(await backend('auto')) };
      case 'read-speed': {
        const bytesPerSecond = await measureReadSpeed(question.threads);
        return { type: 'read-speed', id, bytesPerSecond };
      }
    }
  };
}
