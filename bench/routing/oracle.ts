import { promptOf } from './trace.ts';
import type { Conversation, Segment } from './trace.ts';

/**
 * Prompt tokens that need not be read again by somebody who knows everything that will be asked and
 * forgets nothing: of each prompt, what any earlier prompt and its answer began with. Earlier means
 * by the order of a fleet that answers at once. No router can reuse more.
 */
export function reusableTokens(conversations: readonly Conversation[]): number {
  const seen = new PrefixTree();
  let tokens = 0;
  for (const { conversation, turn } of inOrder(conversations)) {
    const prompt = promptOf(conversation, turn);
    tokens += seen.common(prompt);
    const answer = conversation.turns[turn]?.answer;
    seen.add(answer === undefined ? prompt : [...prompt, answer]);
  }
  return tokens;
}

interface Asked {
  readonly conversation: Conversation;
  readonly turn: number;
  readonly at: number;
}

/** Every question in the order in which it would be asked if answers took no time. */
function inOrder(conversations: readonly Conversation[]): readonly Asked[] {
  return conversations
    .flatMap((conversation) => {
      let at = conversation.startMs;
      return conversation.turns.map((turn, index): Asked => {
        at += index === 0 ? 0 : turn.thinkMs;
        return { conversation, turn: index, at };
      });
    })
    .toSorted((a, b) => a.at - b.at);
}

interface Branch {
  readonly next: Map<Segment, Branch>;
}

class PrefixTree {
  private readonly root: Branch = { next: new Map() };

  common(segments: readonly Segment[]): number {
    let tokens = 0;
    let branch: Branch | undefined = this.root;
    for (const segment of segments) {
      branch = branch.next.get(segment);
      if (branch === undefined) break;
      tokens += segment.tokens;
    }
    return tokens;
  }

  add(segments: readonly Segment[]): void {
    let branch = this.root;
    for (const segment of segments) {
      const next = branch.next.get(segment) ?? { next: new Map() };
      branch.next.set(segment, next);
      branch = next;
    }
  }
}
