import type { RequestRecord } from '../../contract/activity.ts';

const windowMs = 5 * 60_000;
const stepMs = 10_000;
const fromRequests = 20;
const serverError = 500;

interface Step {
  readonly startedAt: number;
  requests: number;
  failed: number;
}

/**
 * How many of the requests of the last five minutes failed. What the caller did wrong counts neither as
 * a request nor as a failure: one broken client is no outage.
 */
export class ErrorRate {
  private readonly steps: Step[] = [];

  add({ state, status = 0 }: RequestRecord, now: number): void {
    const isFailure = state === 'failed' && status >= serverError;
    if (state === 'failed' && !isFailure) return;
    const step = this.stepAt(now);
    step.requests += 1;
    if (isFailure) step.failed += 1;
  }

  /** 0 to 1; undefined while there are too few requests to say. */
  share(now: number): number | undefined {
    this.forget(now);
    let [requests, failed] = [0, 0];
    for (const step of this.steps) {
      requests += step.requests;
      failed += step.failed;
    }
    return requests < fromRequests ? undefined : failed / requests;
  }

  private stepAt(now: number): Step {
    this.forget(now);
    const newest = this.steps.at(-1);
    if (newest !== undefined && now - newest.startedAt < stepMs) return newest;
    const step = { startedAt: now, requests: 0, failed: 0 };
    this.steps.push(step);
    return step;
  }

  private forget(now: number): void {
    while (this.steps[0] !== undefined && now - this.steps[0].startedAt >= windowMs) {
      this.steps.shift();
    }
  }
}
