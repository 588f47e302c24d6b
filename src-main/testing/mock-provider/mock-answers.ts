import { createHash } from 'node:crypto';
import type { Behaviour } from './behaviours.ts';

/** What the server does next. */
export type Step =
  | { readonly do: 'write'; readonly bytes: Uint8Array }
  /** Waits until the caller has gone. */
  | { readonly do: 'hang' }
  /** Breaks the socket. */
  | { readonly do: 'break' };

/** Words of every length in bytes, so that no boundary is a lucky one. */
const words = ['Teich ', 'pond ', '池塘 ', 'étang ', '🐟 ', 'водоём ', 'mill ', 'naïve '];

/** The pieces of the answer to one call; the same for the same seed. */
export function answerPieces(seed: number, call: number, count: number): readonly string[] {
  const digest = createHash('sha256').update(`${seed.toString()} ${call.toString()}`).digest();
  return Array.from({ length: count }, (_, at) => {
    return words[(digest[at % digest.length] ?? 0) % words.length] ?? '';
  });
}

const hugePiece = 'x'.repeat(1024 * 1024);

export interface StreamPlan {
  readonly model: string;
  readonly pieces: readonly string[];
  /** The stream ends with an event that only counts. */
  readonly counts: boolean;
  readonly behaviour: Behaviour;
}

/** The events of a streamed chat, with the habit or fault that is asked for. */
export function streamSteps(plan: StreamPlan): readonly Step[] {
  const { behaviour, pieces } = plan;
  const fault = 'after' in behaviour ? behaviour : undefined;
  const told = fault === undefined ? pieces : pieces.slice(0, fault.after);
  const events = [chunk(plan, { role: 'assistant', content: '' })];
  events.push(...told.map((content) => chunk(plan, { content })));
  if (behaviour.kind === 'huge-frame') events.push(chunk(plan, { content: hugePiece }));
  if (fault !== undefined) return [...write(plan, events.map(event)), ...faultSteps(plan)];
  events.push(chunk(plan, {}, 'stop'));
  if (plan.counts) events.push({ ...head(plan), choices: [], usage: usageOf(pieces.length) });
  const frames = events.map(event);
  if (behaviour.kind !== 'no-done') frames.push('data: [DONE]\n\n');
  if (behaviour.kind === 'double-done') frames.push('data: [DONE]\n\n');
  return write(plan, frames);
}

function faultSteps({ behaviour }: StreamPlan): readonly Step[] {
  switch (behaviour.kind) {
    case 'socket-error-after':
      return [{ do: 'break' }];
    case 'hang-between-frames':
      return [{ do: 'hang' }];
    case 'malformed-frame':
      return [{ do: 'write', bytes: Buffer.from('data: {"id":"chatcmpl-1","choices":[{"de\n\n') }];
    default:
      return [];
  }
}

/** Writes each event by itself, or in the odd way that is asked for. */
function write({ behaviour }: StreamPlan, frames: readonly string[]): readonly Step[] {
  const spelled = frames.map((frame) => {
    if (behaviour.kind === 'crlf') return frame.replaceAll('\n', '\r\n');
    return behaviour.kind === 'no-space' ? frame.replaceAll('data: ', 'data:') : frame;
  });
  const all = Buffer.from(spelled.join(''));
  if (behaviour.kind === 'split-utf8') return inPiecesOf(all, 5);
  if (behaviour.kind === 'crlf') return inPiecesOf(all, 11);
  return spelled.map((frame) => ({ do: 'write', bytes: Buffer.from(frame) }));
}

export function inPiecesOf(bytes: Uint8Array, size: number): readonly Step[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => ({
    do: 'write' as const,
    bytes: bytes.subarray(at * size, (at + 1) * size),
  }));
}

/** A chat in one piece. */
export function wholeAnswer(model: string, pieces: readonly string[]): object {
  const message = { role: 'assistant', content: pieces.join('') };
  return {
    ...head({ model }),
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: usageOf(pieces.length),
  };
}

function event(body: object): string {
  return `data: ${JSON.stringify(body)}\n\n`;
}

function chunk(
  plan: { readonly model: string },
  delta: object,
  finish: string | null = null,
): object {
  return { ...head(plan), choices: [{ index: 0, delta, finish_reason: finish }] };
}

function head({ model }: { readonly model: string }): object {
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model };
}

function usageOf(completion: number): object {
  return {
    prompt_tokens: 7,
    completion_tokens: completion,
    total_tokens: 7 + completion,
    prompt_tokens_details: { cached_tokens: 3 },
  };
}
