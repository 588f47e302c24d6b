import { firstTokenMs } from './contestant.ts';
import type { ChatTurn, Contestant } from './contestant.ts';
import type { PromptSource } from './random-prompt.ts';

const turns = 10;
const wordsPerQuestion = 40;
const answerTokens = 16;

export interface ReusedTurn {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly firstTokenMs: number;
}

/** One chat of ten turns; what each turn found already read. */
export async function measureChatReuse(
  contestant: Contestant,
  { prompts, signal }: { readonly prompts: PromptSource; readonly signal: AbortSignal },
): Promise<readonly ReusedTurn[]> {
  const messages: ChatTurn[] = [];
  const measured: ReusedTurn[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    messages.push({ role: 'user', text: prompts.sentence(wordsPerQuestion) });
    const answer = await contestant.generate({
      prompt: { messages: [...messages] },
      maxTokens: answerTokens,
      signal,
    });
    signal.throwIfAborted();
    if (answer.usage === undefined) throw new Error('An answer came without its usage');
    messages.push({ role: 'assistant', text: answer.text });
    measured.push({ ...answer.usage, firstTokenMs: firstTokenMs(answer) });
  }
  return measured;
}
