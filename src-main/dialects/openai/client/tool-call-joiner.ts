import type { ToolCallChunk } from '../../../core/inference.ts';
import type { AnswerLimits } from './answer-limits.ts';
import type { WireToolDelta } from './wire-answer.ts';

interface OpenCall {
  readonly position: number;
  /** What the server calls it, as far as it does. */
  readonly wireIndex: number | undefined;
  readonly wireId: string | undefined;
  name: string | undefined;
  /** Arguments that came before the name. */
  held: string;
}

/**
 * Puts the tool calls of one answer in order: servers send them whole or in pieces, leave out
 * index or id, or give every call the index 0.
 */
export class ToolCallJoiner {
  private readonly idPrefix: string;
  private readonly limits: AnswerLimits;
  private readonly calls: OpenCall[] = [];

  /** `idPrefix` begins the ids of calls that the server gave none; unique for the answer. */
  constructor(idPrefix: string, limits: AnswerLimits) {
    this.idPrefix = idPrefix;
    this.limits = limits;
  }

  get isEmpty(): boolean {
    return this.calls.length === 0;
  }

  /** Throws `unavailable` for more than any answer holds. */
  take(delta: WireToolDelta): Omit<ToolCallChunk, 'choice'> | undefined {
    const call = this.find(delta) ?? this.open(delta);
    const text = argumentsOf(delta);
    if (call.name !== undefined) {
      return text === ''
        ? undefined
        : { type: 'tool-call', index: call.position, argumentsDelta: text };
    }
    const name = delta.function?.name;
    if (name === undefined || name === null || name === '') {
      this.limits.hold(text.length);
      call.held += text;
      return undefined;
    }
    this.limits.hold(name.length);
    call.name = name;
    const argumentsDelta = call.held + text;
    this.limits.release(call.held.length);
    call.held = '';
    return {
      type: 'tool-call',
      index: call.position,
      id: call.wireId ?? `${this.idPrefix}${String(call.position)}`,
      name,
      argumentsDelta,
    };
  }

  private find(delta: WireToolDelta): OpenCall | undefined {
    const id = delta.id ?? undefined;
    const newest = this.calls.at(-1);
    if (id !== undefined && id !== '') {
      const same = this.calls.find((call) => call.wireId === id);
      if (same !== undefined) return same;
      // Another id is another call, whatever its index says.
      return newest !== undefined && newest.wireId === undefined && newest.name === undefined
        ? newest
        : undefined;
    }
    const namesAnother = newest?.name !== undefined && Boolean(delta.function?.name);
    const sameIndex = this.calls.findLast((call) => call.wireIndex === delta.index);
    if (typeof delta.index === 'number' && sameIndex !== undefined) return sameIndex;
    // Arguments alone go on with the newest call, even under an index that nobody knows.
    return namesAnother ? undefined : newest;
  }

  private open(delta: WireToolDelta): OpenCall {
    this.limits.requireRoom(this.calls.length, 'tool calls');
    this.limits.hold(delta.id?.length ?? 0);
    const call: OpenCall = {
      position: this.calls.length,
      wireIndex: delta.index ?? undefined,
      wireId: delta.id === '' ? undefined : (delta.id ?? undefined),
      name: undefined,
      held: '',
    };
    this.calls.push(call);
    return call;
  }
}

function argumentsOf(delta: WireToolDelta): string {
  const value = delta.function?.arguments ?? '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
