import { postJson, streamEvents } from '../support/event-stream.ts';
import type { PostTarget } from '../support/event-stream.ts';
import { chatBody } from './chat-body.ts';

/** How requests of one kind ended. */
export interface Tally {
  readonly kind: string;
  asked: number;
  whole: number;
  /** Refused with a status of its own before content, or an error event after it. */
  told: number;
  /** Anything else: another answer, no end, silence. */
  wrong: number;
}

/** One way of asking; resolves to how it ended, and throws what a refusal says. */
interface Way {
  readonly kind: string;
  readonly ask: (target: PostTarget) => Promise<'whole' | 'told' | 'wrong'>;
  /** Whether a refusal is what this way is for, or may at least end in one. */
  readonly mayBeTold: boolean;
}

const tokens = 50;
const leavesAfter = 10;
/** Beyond the deadline that the gateway itself sets. */
const patienceMs = 11 * 60_000;

/** The mix, one after the other: whole answers, streams, leaving callers, nonsense, and what fails a lot. */
export const ways: readonly Way[] = [
  { kind: 'whole answers', ask: askWhole, mayBeTold: false },
  { kind: 'streams of 50 tokens', ask: (target) => readPaced(target), mayBeTold: false },
  { kind: 'streams left after 10 tokens', ask: leave, mayBeTold: false },
  { kind: 'streams by a failing provider or the other', ask: readEither, mayBeTold: true },
  { kind: 'answers by a failing provider or the other', ask: askEither, mayBeTold: true },
  { kind: 'requests that are wrong', ask: askNonsense, mayBeTold: true },
];

/** Asks in turns until `isOver`, each way from its own place on. */
export async function keepAsking(
  target: PostTarget,
  tallies: readonly Tally[],
  { first, isOver }: { readonly first: number; readonly isOver: () => boolean },
): Promise<void> {
  for (let turn = first; !isOver(); turn += 1) {
    const way = ways[turn % ways.length];
    const tally = tallies[turn % ways.length];
    if (way === undefined || tally === undefined) return;
    tally.asked += 1;
    const ended = await way.ask(target).catch(refusal);
    const counted = ended === 'told' && !way.mayBeTold ? 'wrong' : ended;
    tally[counted] += 1;
  }
}

/** What answers with a status has told; what breaks the connection or takes for ever has not. */
function refusal(error: unknown): 'told' | 'wrong' {
  return error instanceof Error && error.message.startsWith('The server answered')
    ? 'told'
    : 'wrong';
}

async function askWhole(target: PostTarget): Promise<'whole' | 'wrong'> {
  const text = await postJson(target, chatBody('instant', false), AbortSignal.timeout(patienceMs));
  return text.includes('"content":"pond"') ? 'whole' : 'wrong';
}

async function askEither(target: PostTarget): Promise<'whole' | 'wrong'> {
  const text = await postJson(target, chatBody('either', false), AbortSignal.timeout(patienceMs));
  return text.includes('"finish_reason":"stop"') ? 'whole' : 'wrong';
}

async function readPaced(target: PostTarget): Promise<'whole' | 'wrong'> {
  const { texts, ends } = await read(target, chatBody('paced', true, tokens));
  const isInOrder = texts.every((text, index) => text === `${(index + 1).toString()} `);
  return isInOrder && texts.length === tokens && ends === 1 ? 'whole' : 'wrong';
}

/** Whole to its one end, or one error event and nothing after it. */
async function readEither(target: PostTarget): Promise<'whole' | 'told' | 'wrong'> {
  const { ends, errors } = await read(target, chatBody('either', true, tokens));
  if (errors === 0) return ends === 1 ? 'whole' : 'wrong';
  return errors === 1 && ends === 0 ? 'told' : 'wrong';
}

async function leave(target: PostTarget): Promise<'whole' | 'wrong'> {
  const leaving = new AbortController();
  let seen = 0;
  await streamEvents(target, chatBody('paced', true, 10_000), {
    signal: leaving.signal,
    onEvent: () => {
      seen += 1;
      if (seen === leavesAfter) leaving.abort();
    },
  }).catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });
  return leaving.signal.aborted ? 'whole' : 'wrong';
}

async function askNonsense(target: PostTarget): Promise<'wrong'> {
  await postJson(target, { ...chatBody('instant', false), max_tokens: 'many' });
  return 'wrong';
}

async function read(target: PostTarget, body: object) {
  const texts: string[] = [];
  let ends = 0;
  let errors = 0;
  await streamEvents(target, body, {
    signal: AbortSignal.timeout(patienceMs),
    onEvent: (data) => {
      if (data === '[DONE]') ends += 1;
      else if (data.startsWith('{"error"')) errors += 1;
      else {
        const text = /"content":"([^"]*)"/.exec(data)?.[1] ?? '';
        if (text !== '') texts.push(text);
      }
    },
  });
  return { texts, ends, errors };
}
