import { expect } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import type { Assign } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { openRun, tokensOf } from './tunnel-server.fixture.ts';
import type { Connected, OpenRun, TestServer } from './tunnel-server.fixture.ts';

export interface AskOptions {
  readonly text?: string;
  readonly model?: string;
  readonly deadlineAt?: number;
  readonly canMoveOn?: () => boolean;
}

export interface Asked {
  readonly chunks: readonly InferenceChunk[];
  /** What the answer failed with; undefined when it came to its end. */
  readonly outcome: Promise<MillpondError | undefined>;
  readonly stop: AbortController;
}

export interface Begun extends Asked {
  readonly assign: Assign;
  readonly run: OpenRun;
}

let requestCount = 0;

/** Lets the machine that connected last answer, and reads everything that comes. */
export function ask(lake: TestServer, options: AskOptions = {}): Asked {
  requestCount += 1;
  const { canMoveOn, deadlineAt, model = 'guide', text = 'hi' } = options;
  const envelope = {
    ...{ requestId: `request-${requestCount}`, model },
    ...(deadlineAt !== undefined && { deadlineAt }),
  };
  const stop = new AbortController();
  const answer = lake.link().infer(chatRequest(text, { envelope }), {
    signal: stop.signal,
    ...(canMoveOn && { canMoveOn }),
  });
  const chunks: InferenceChunk[] = [];
  const outcome = (async () => {
    try {
      for await (const chunk of answer) chunks.push(chunk);
      return undefined;
    } catch (error) {
      return MillpondError.from(error);
    }
  })();
  return { chunks, outcome, stop };
}

/** Asks, and lets the machine accept and say `1 2 3` in two frames. */
export async function askAndBegin(
  lake: TestServer,
  machine: Connected,
  options: AskOptions = {},
): Promise<Begun> {
  const asked = ask(lake, options);
  const assign = await machine.inbox.next('assign');
  const run = openRun(machine, assign);
  run.frame(1, 1);
  run.frame(2, 2, 3);
  await expect.poll(() => tokensOf(asked.chunks)).toEqual([1, 2, 3]);
  return { ...asked, assign, run };
}
