import { z } from 'zod';
import { streamEvents } from '../support/event-stream.ts';
import type { PostTarget } from '../support/event-stream.ts';
import type { AnswerRecord, Generation } from '../engine/contestant.ts';
import { AnswerRecorder } from '../engine/contestant.ts';

const chunk = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().optional() }) })),
});

/** One greedy chat over HTTP, as any OpenAI client streams it; each event counts as one token. */
export async function streamChat(
  target: PostTarget,
  model: string,
  generation: Generation,
): Promise<AnswerRecord> {
  const { maxTokens, prompt, signal } = generation;
  if (!('messages' in prompt)) throw new Error('The gateway is asked in messages');
  const recorder = new AnswerRecorder(generation);
  const messages = prompt.messages.map(({ role, text }) => ({ role, content: text }));
  const body = { model, messages, stream: true, temperature: 0, max_tokens: maxTokens };
  try {
    await streamEvents(target, body, {
      signal,
      onEvent: (data) => {
        if (data === '[DONE]') return;
        const text = chunk.parse(JSON.parse(data)).choices[0]?.delta.content ?? '';
        recorder.arrived(text === '' ? 0 : 1, text);
      },
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return recorder.record();
}
