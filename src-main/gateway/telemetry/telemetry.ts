import type { RequestRecord } from '../../contract/activity.ts';
import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../../core/http.ts';
import type { Logger } from '../../platform/logger.ts';
import { type OtlpSpan, spansOf } from './spans.ts';
import type { TelemetryTarget } from './target.ts';

/** Spans of requests for an OpenTelemetry collector. Whatever becomes of them never reaches a request. */
export interface Telemetry {
  /** Never waits and never throws. */
  readonly ended: (record: RequestRecord) => void;
  /** Spans that no collector took: too many waited, or it refused them. */
  dropped(): number;
  /** Sends what waits, for a moment. Called once, at the end. */
  close(): Promise<void>;
}

interface TelemetryDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Read for each batch; undefined: nothing is sent, and what waits is forgotten. */
  readonly target: () => TelemetryTarget | undefined;
  readonly version: string;
}

const maxWaiting = 2048;
const maxBatch = 512;
const sendAfterMs = 2000;
const retryAfterMs = 10_000;
const answerWithinMs = 10_000;
const farewellMs = 2000;

export function createTelemetry(deps: TelemetryDeps): Telemetry {
  return new OtlpTelemetry(deps);
}

class OtlpTelemetry implements Telemetry {
  private readonly deps: TelemetryDeps;
  private waiting: OtlpSpan[] = [];
  private droppedCount = 0;
  private stopTimer: (() => void) | undefined;
  private sending: Promise<void> | undefined;
  private isClosed = false;

  constructor(deps: TelemetryDeps) {
    this.deps = deps;
  }

  readonly ended = (record: RequestRecord): void => {
    try {
      if (this.deps.target() === undefined) return;
      const spans = spansOf(record);
      if (this.waiting.length + spans.length > maxWaiting) {
        this.droppedCount += spans.length;
        return;
      }
      this.waiting.push(...spans);
      this.schedule(sendAfterMs);
    } catch (error) {
      this.deps.logger.warn({ err: error, requestId: record.id }, 'a span was not made');
    }
  };

  dropped(): number {
    return this.droppedCount;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stopTimer?.();
    const end = AbortSignal.timeout(farewellMs);
    await this.sending;
    if (this.waiting.length > 0) await this.send(end);
  }

  private schedule(delayMs: number): void {
    if (this.isClosed || this.stopTimer !== undefined) return;
    this.stopTimer = this.deps.clock.after(delayMs, () => {
      this.stopTimer = undefined;
      this.sending ??= this.send().finally(() => {
        this.sending = undefined;
      });
    });
  }

  private async send(signal = AbortSignal.timeout(answerWithinMs)): Promise<void> {
    const { logger } = this.deps;
    try {
      const target = this.deps.target();
      if (target === undefined) {
        this.waiting = [];
        return;
      }
      const batch = this.waiting.slice(0, maxBatch);
      const status = await this.post(target, batch, signal);
      this.waiting = this.waiting.slice(batch.length);
      if (status < 200 || status >= 300) {
        this.droppedCount += batch.length;
        logger.warn({ status, spans: batch.length }, 'the collector refused spans');
      }
      if (this.waiting.length > 0) this.schedule(0);
    } catch (error) {
      logger.warn({ err: error, waiting: this.waiting.length }, 'the collector is not reached');
      this.schedule(retryAfterMs);
    }
  }

  /** Throws what is worth another try. */
  private async post(
    { url, headers }: TelemetryTarget,
    spans: readonly OtlpSpan[],
    signal: AbortSignal,
  ): Promise<number> {
    const response = await this.deps.http.request({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(envelopeOf(spans, this.deps.version)),
      signal,
    });
    for await (const _piece of response.body) break; // only the status says anything
    const { status } = response;
    if (status === 429 || status >= 502) throw new Error(`the collector said ${status.toString()}`);
    return status;
  }
}

function envelopeOf(spans: readonly OtlpSpan[], version: string) {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  return {
    resourceSpans: [
      {
        resource: {
          attributes: [
            attribute('service.name', 'millpond'),
            attribute('service.version', version),
          ],
        },
        scopeSpans: [{ scope: { name: 'millpond.gateway', version }, spans }],
      },
    ],
  };
}
