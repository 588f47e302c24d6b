import type { ChatMessage } from '../../src-main/core/inference.ts';
import { fullDecodePerSecond } from './fleet.ts';
import type { NodeSpec } from './fleet.ts';
import { reusableTokens } from './oracle.ts';
import type { Random } from './random.ts';
import type { Conversation, Segment, Trace, TraceName, Turn } from './trace.ts';
import { promptOf, tokensOf } from './trace.ts';

/** What the conversations are about is of no interest; that no two of them look alike is. */
const letters = Array.from('etaoin shrdlu cmfwyp vbgkjq xz. ');
const fillerChars = 2 ** 20;
const overloadFactor = 1.5;

/** The trace of a name for a fleet; the same random state gives the same trace. */
export function drawTrace(name: TraceName, fleet: readonly NodeSpec[], random: Random): Trace {
  const writer = new SegmentWriter(random.fork());
  switch (name) {
    case 'chat':
      return { name, conversations: drawChats(random, writer, { count: 12, spanMs: 60_000 }) };
    case 'crowded chat':
      return { name, conversations: drawChats(random, writer, { count: 36, spanMs: 600_000 }) };
    case 'agents':
      return { name, conversations: drawAgents(random, writer, { count: 18, spanMs: 400_000 }) };
    case 'one-shot':
      return { name, conversations: drawOneShots(random, writer, { count: 300, spanMs: 600_000 }) };
    case 'mixed':
      return { name, conversations: drawMixed(random, writer, 1) };
    case 'overload':
      return { name, conversations: crowded(drawMixed(random, writer, 4), fleet) };
  }
}

interface Crowd {
  readonly count: number;
  /** Time in which they begin. */
  readonly spanMs: number;
}

/** People who chat: an app's system prompt, something pasted, then questions about it. */
function drawChats(random: Random, writer: SegmentWriter, crowd: Crowd): Conversation[] {
  const apps = [1, 2, 3].map(() => writer.write('system', random.between(300, 1500)));
  return Array.from({ length: crowd.count }, (_, index) => {
    const system = random.pick(apps);
    const turns = Array.from({ length: random.whole(6, 10) }, (__, turn): Turn => {
      const question = turn === 0 ? random.between(2500, 4500) : random.between(40, 500);
      return {
        added: [...(turn === 0 ? [system] : []), writer.write('user', question)],
        answer: writer.write('assistant', random.between(80, 500)),
        thinkMs: turn === 0 ? 0 : 4000 + random.exponential(18_000),
      };
    });
    return { ...name('chat', index), startMs: random.between(0, crowd.spanMs), turns };
  });
}

/** Coding agents: a long prefix that all of a project share, then one tool's result after another. */
function drawAgents(random: Random, writer: SegmentWriter, crowd: Crowd): Conversation[] {
  const projects = [1, 2, 3].map(() => writer.write('system', random.between(5000, 9000)));
  return Array.from({ length: crowd.count }, (_, index) => {
    const system = random.pick(projects);
    const turns = Array.from({ length: random.whole(8, 22) }, (__, turn): Turn => {
      const task = writer.write('user', random.between(100, 800));
      return {
        added: turn === 0 ? [system, task] : [writer.write('tool', random.between(100, 1400))],
        answer: writer.write('assistant', random.between(50, 280)),
        thinkMs: turn === 0 ? 0 : 400 + random.exponential(2500),
      };
    });
    return { ...name('agent', index), startMs: random.between(0, crowd.spanMs), turns };
  });
}

/** Programs that ask once: summaries, labels, translations; a third of them with one instruction. */
function drawOneShots(random: Random, writer: SegmentWriter, crowd: Crowd): Conversation[] {
  const instruction = writer.write('system', random.between(200, 800));
  return Array.from({ length: crowd.count }, (_, index) => {
    const question = writer.write('user', random.logBetween(60, 3000));
    const added = random.next() < 0.33 ? [instruction, question] : [question];
    const answer = writer.write('assistant', random.logBetween(20, 400));
    const startMs = random.between(0, crowd.spanMs);
    return { ...name('shot', index), startMs, turns: [{ added, answer, thinkMs: 0 }] };
  });
}

/** Everything at once, so many times as much of it in the same span. */
function drawMixed(random: Random, writer: SegmentWriter, times: number): Conversation[] {
  const spanMs = 480_000;
  return [
    ...drawChats(random, writer, { count: 16 * times, spanMs }),
    ...drawAgents(random, writer, { count: 8 * times, spanMs }),
    ...drawOneShots(random, writer, { count: 120 * times, spanMs }),
  ];
}

/**
 * The same conversations begun so close together that the fleet, wasting nothing that the oracle can
 * reuse and waiting for nobody, would need 1.5 times the span to answer them.
 */
function crowded(calm: readonly Conversation[], fleet: readonly NodeSpec[]): Conversation[] {
  const needed = fleetMs(calm, fleet);
  const last = Math.max(...calm.map(({ startMs }) => startMs));
  const scale = needed / overloadFactor / last;
  return calm.map((conversation) => ({
    ...conversation,
    startMs: conversation.startMs * scale,
    turns: conversation.turns.map((turn) => ({ ...turn, thinkMs: turn.thinkMs * scale })),
  }));
}

/** Milliseconds in which the whole fleet, always busy, does the work of these conversations. */
function fleetMs(conversations: readonly Conversation[], fleet: readonly NodeSpec[]): number {
  const ready = fleet.filter(({ isLoaded }) => isLoaded);
  const reusable = reusableTokens(conversations);
  let [reads, writes] = [-reusable, 0];
  for (const conversation of conversations) {
    for (const [turn, { answer }] of conversation.turns.entries()) {
      reads += tokensOf(promptOf(conversation, turn));
      writes += answer.tokens;
    }
  }
  const sharesPerMs = ready.map(
    (node) => 1 / ((reads / node.prefillPerSecond + writes / fullDecodePerSecond(node)) * 1000),
  );
  return 1 / sharesPerMs.reduce((sum, share) => sum + share, 0);
}

function name(kind: string, index: number): { readonly id: string; readonly caller: string } {
  return { id: `${kind}-${String(index)}`, caller: `${kind}-${String(index)}` };
}

/** Makes messages of so many tokens out of text that occurs nowhere else. */
class SegmentWriter {
  private readonly filler: string;
  private readonly random: Random;
  private count = 0;

  constructor(random: Random) {
    this.random = random;
    this.filler = Array.from({ length: fillerChars }, () => random.pick(letters)).join('');
  }

  write(role: ChatMessage['role'], tokens: number): Segment {
    this.count += 1;
    const whole = Math.round(tokens);
    const chars = Math.round(whole * this.random.between(3.2, 4.4));
    const at = this.random.whole(0, fillerChars - chars);
    const text = `${String(this.count)} ${this.filler.slice(at, at + chars)}`;
    return { tokens: whole + 4, message: messageOf(role, text) };
  }
}

function messageOf(role: ChatMessage['role'], text: string): ChatMessage {
  switch (role) {
    case 'user':
      return { role, content: [{ type: 'text', text }] };
    case 'tool':
      return { role, toolCallId: 'call', text };
    default:
      return { role, text };
  }
}
