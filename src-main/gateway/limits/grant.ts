import type { Clock } from '../../core/clock.ts';
import type { Refusal } from './refusal.ts';
import { usedNothing } from './steps.ts';
import type { Limited, Step, Taking, Used, Wanted } from './steps.ts';

/** What was set aside for one request. Settled once, however the request ends. */
export class Grant {
  private readonly takings: Taking[] = [];
  private isSettled = false;

  add(taking: Taking): void {
    this.takings.push(taking);
  }

  /** The request takes more than it was let in for. */
  grow(by: { readonly tokens: number; readonly micros: number }): void {
    if (this.isSettled) return;
    for (const taking of this.takings) taking.grow?.(by);
  }

  settle(used: Used): void {
    if (this.isSettled) return;
    this.isSettled = true;
    // What was taken last goes back first.
    for (const taking of this.takings.toReversed()) taking.settle(used);
  }
}

/** What one request takes everything from. */
export interface TakeRequest {
  readonly limited: readonly Limited[];
  readonly wanted: Wanted;
  readonly steps: readonly Step[];
  readonly clock: Clock;
}

/**
 * All or nothing: what was taken before a refusal is given back. Answers at once unless a quota has to
 * fetch a block first; rejects when that fails.
 */
export function take(request: TakeRequest): Grant | Refusal | Promise<Grant | Refusal> {
  const grant = new Grant();
  try {
    const result = takeFrom(0, grant, request);
    return result instanceof Promise
      ? result.catch((error: unknown) => undo(grant, error))
      : result;
  } catch (error) {
    return undo(grant, error);
  }
}

function takeFrom(
  start: number,
  grant: Grant,
  request: TakeRequest,
): Grant | Refusal | Promise<Grant | Refusal> {
  const { steps, limited, wanted, clock } = request;
  const count = steps.length * limited.length;
  for (let at = start; at < count; at += 1) {
    const step = steps[Math.floor(at / limited.length)];
    const subject = limited[at % limited.length];
    if (step === undefined || subject === undefined) continue;
    const result = step(subject, wanted, clock);
    if (result instanceof Promise) {
      return result.then((later) =>
        isRefusal(later) ? refuse(grant, later) : goOn(at, later, grant, request),
      );
    }
    if (result === undefined) continue;
    if (isRefusal(result)) return refuse(grant, result);
    grant.add(result);
  }
  return grant;
}

function goOn(at: number, taking: Taking, grant: Grant, request: TakeRequest) {
  grant.add(taking);
  return takeFrom(at + 1, grant, request);
}

function refuse(grant: Grant, refusal: Refusal): Refusal {
  grant.settle(usedNothing);
  return refusal;
}

function undo(grant: Grant, error: unknown): never {
  grant.settle(usedNothing);
  throw error;
}

export function isRefusal(result: Taking | Refusal | Grant): result is Refusal {
  return 'limit' in result;
}
