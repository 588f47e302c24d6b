import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceEngine } from '../engine.ts';
import { hostProtocolVersion } from '../hosting/host-protocol.ts';
import type { FromEngineHost, ToEngineHost } from '../hosting/host-protocol.ts';
import { ChunkSender } from './chunk-sender.ts';
import { LlamaEngine } from './llama-engine.ts';
import type { LoadEngineOptions } from './llama-engine.ts';

const heartbeatMs = 1000;

/** The way to the runtime that started this process. */
interface HostTransport {
  post(message: FromEngineHost): void;
  onMessage(listener: (message: ToEngineHost) => void): void;
  /** Called once, when the runtime is gone. */
  onClose(listener: () => void): void;
}

interface EngineHostDeps {
  readonly clock: Clock;
  /** Ends the process; a test only notes it. */
  readonly exit: () => void;
  readonly load?: (options: LoadEngineOptions) => Promise<InferenceEngine>;
}

interface Running {
  readonly sender: ChunkSender;
  readonly stop: AbortController;
}

/** Serves one model to the runtime over `host-protocol.ts` until it is told to stop. */
export function runEngineHost(transport: HostTransport, deps: EngineHostDeps): void {
  const host = new EngineHost(transport, deps);
  transport.onMessage((message) => {
    host.receive(message);
  });
  transport.onClose(() => {
    void host.shutdown();
  });
}

class EngineHost {
  private readonly transport: HostTransport;
  private readonly deps: EngineHostDeps;
  private readonly running = new Map<string, Running>();
  private readonly closing = new AbortController();
  private engine: InferenceEngine | undefined;
  private loading: Promise<void> | undefined;

  constructor(transport: HostTransport, deps: EngineHostDeps) {
    this.transport = transport;
    this.deps = deps;
  }

  receive(message: ToEngineHost): void {
    switch (message.type) {
      case 'load':
        this.loading ??= this.load(message);
        return;
      case 'infer':
        void this.infer(message);
        return;
      case 'credit':
        this.running.get(message.id)?.sender.grant(message.chunks);
        return;
      case 'cancel':
        this.running.get(message.id)?.stop.abort(new MillpondError('cancelled', 'Cancelled'));
        return;
      case 'count':
        void this.count(message);
        return;
      case 'shutdown':
        void this.shutdown();
        return;
    }
  }

  async shutdown(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort(new MillpondError('cancelled', 'The engine is shutting down'));
    await this.loading;
    await this.engine?.dispose();
    this.deps.exit();
  }

  private async load(order: Extract<ToEngineHost, { type: 'load' }>): Promise<void> {
    const load = this.deps.load ?? ((options) => LlamaEngine.load(options));
    try {
      if (order.version !== hostProtocolVersion) {
        throw new MillpondError(
          'model-load-failed',
          'The engine belongs to another version of Millpond; restart it',
        );
      }
      this.engine = await load({
        path: order.path,
        options: order.options,
        defaultThreads: order.defaultThreads,
        ...(order.gpuCapBytes !== undefined && { gpuCapBytes: order.gpuCapBytes }),
        signal: this.closing.signal,
        onProgress: (share) => {
          this.transport.post({ type: 'loading', share });
        },
      });
      this.transport.post({ type: 'ready', facts: this.engine.facts });
      this.beat(this.engine);
    } catch (error) {
      const failure = MillpondError.from(error, 'model-load-failed');
      this.transport.post({ type: 'load-failed', error: failure.toBody() });
    }
  }

  private beat(engine: InferenceEngine): void {
    if (this.closing.signal.aborted) return;
    this.report(engine);
    this.deps.clock.after(heartbeatMs, () => {
      this.beat(engine);
    });
  }

  private report(engine: InferenceEngine): void {
    this.transport.post({
      type: 'heartbeat',
      residentBytes: engine.residentBytes() ?? 0,
      slots: engine.slots(),
    });
  }

  /** Whoever hears that a request is over should already know what its slot holds. */
  private reportNow(): void {
    if (this.engine !== undefined) this.report(this.engine);
  }

  private async infer({ id, request }: Extract<ToEngineHost, { type: 'infer' }>): Promise<void> {
    const stop = new AbortController();
    const { clock } = this.deps;
    const post = (message: FromEngineHost): void => {
      this.transport.post(message);
    };
    const sender = new ChunkSender({ id, post, clock });
    this.running.set(id, { sender, stop });
    try {
      const { signal } = stop;
      for await (const chunk of this.loaded().infer(request, { signal })) {
        await sender.send(chunk, signal);
      }
      sender.flush();
      this.running.delete(id);
      this.reportNow();
      post({ type: 'end', id });
    } catch (error) {
      sender.flush();
      this.running.delete(id);
      this.reportNow();
      const failure = MillpondError.from(error);
      post(
        stop.signal.aborted ? { type: 'end', id } : { type: 'end', id, error: failure.toBody() },
      );
    }
  }

  private async count({ id, text }: Extract<ToEngineHost, { type: 'count' }>): Promise<void> {
    try {
      const tokens = await this.loaded().countTokens(text, this.closing.signal);
      this.transport.post({ type: 'counted', id, tokens });
    } catch (error) {
      this.transport.post({ type: 'end', id, error: MillpondError.from(error).toBody() });
    }
  }

  private loaded(): InferenceEngine {
    if (this.engine !== undefined) return this.engine;
    throw new MillpondError('unavailable', 'The model is not loaded yet');
  }
}
