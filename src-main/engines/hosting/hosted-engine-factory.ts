import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { GpuFacts } from '../../core/hardware.ts';
import type { ChildProcess, ProcessLauncher } from '../../platform/process-launcher.ts';
import type { EngineFactory, InferenceEngine, LoadRequest } from '../engine.ts';
import { deviceEnvironment } from './device-environment.ts';
import { explainExit } from './exit-explanation.ts';
import { isFromEngineHost } from './host-messages.ts';
import { hostProtocolVersion } from './host-protocol.ts';
import type { FromEngineHost, ToEngineHost } from './host-protocol.ts';
import { HostedEngine } from './hosted-engine.ts';
import { watchSilence } from './silence-watch.ts';

interface HostedEngineFactoryDeps {
  readonly launcher: ProcessLauncher;
  readonly clock: Clock;
  /** Threads for engines whose load options name none. */
  readonly defaultThreads: number;
  /** The cards of the snapshot, which load options choose from; absent: none can be chosen. */
  readonly gpus?: () => readonly GpuFacts[];
  /** Graphics memory that one model may take at most; absent: all that is free. */
  readonly gpuCapBytes?: () => number | undefined;
}

/** Starting a graphics driver may block a host for long; this much silence means it hangs. */
const loadSilenceMs = 120_000;

/**
 * Loads each model in a new process. A process that dies while loading
 * rejects with `engine-crashed`, its last output being the cause.
 */
export function createHostedEngineFactory(deps: HostedEngineFactoryDeps): EngineFactory {
  return {
    async load(request) {
      request.signal.throwIfAborted();
      const env = deviceEnvironment(request.options, deps.gpus?.() ?? []);
      const child = deps.launcher.launch('engine-host', { env });
      try {
        return await hostedLoad(deps, child, request);
      } catch (error) {
        child.kill('SIGKILL');
        await child.exited;
        throw error;
      }
    },
  };
}

function hostedLoad(
  { clock, defaultThreads, gpuCapBytes }: HostedEngineFactoryDeps,
  child: ChildProcess,
  { model, options, onProgress, signal }: LoadRequest,
): Promise<InferenceEngine> {
  const { promise, resolve, reject } = Promise.withResolvers<InferenceEngine>();
  const fail = (why: string): void => {
    const cause = new Error(child.outputTail().join('\n'));
    const sentence = `${model.name} could not be started: ${why}`;
    reject(new MillpondError('engine-crashed', sentence, { cause }));
  };
  const silence = watchSilence({
    clock,
    limitMs: loadSilenceMs,
    onSilence: () => {
      fail('its engine stopped responding');
    },
  });
  const abort = (): void => {
    reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  void child.exited.then((exit) => {
    fail(explainExit(exit, child.outputTail()));
  });
  let isLoading = true;
  const receive = (message: FromEngineHost): void => {
    silence.heard();
    if (message.type === 'loading') onProgress(message.share);
    if (message.type === 'load-failed') reject(MillpondError.fromBody(message.error));
    if (message.type !== 'ready') return;
    isLoading = false;
    resolve(new HostedEngine({ child, facts: message.facts, modelName: model.name, clock }));
  };
  child.onMessage((message) => {
    if (isLoading && isFromEngineHost(message)) receive(message);
  });
  const cap = gpuCapBytes?.();
  const order: ToEngineHost = {
    type: 'load',
    version: hostProtocolVersion,
    path: model.path,
    options,
    defaultThreads,
    ...(cap !== undefined && { gpuCapBytes: cap }),
  };
  child.post(order);
  return promise.finally(() => {
    isLoading = false;
    silence.stop();
    signal.removeEventListener('abort', abort);
  });
}
