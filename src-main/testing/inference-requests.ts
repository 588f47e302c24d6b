import type {
  ChatInput,
  InferenceChunk,
  InferenceRequest,
  RequestEnvelope,
} from '../core/inference.ts';

/** A chat request with nothing special about it. */
export function chatRequest(
  text: string,
  change: {
    readonly envelope?: Partial<RequestEnvelope>;
    readonly input?: Partial<ChatInput>;
  } = {},
): InferenceRequest {
  return {
    envelope: {
      requestId: '01930000-0000-7000-8000-000000000000',
      model: 'guide',
      tenant: 'owner',
      caller: 'window',
      priority: 5,
      privacy: 'this-machine',
      marks: [],
      ...change.envelope,
    },
    input: {
      task: 'chat',
      messages: [{ role: 'user', content: [{ type: 'text', text }] }],
      tools: [],
      toolChoice: 'auto',
      parallelToolCalls: true,
      format: { type: 'text' },
      reasoning: 'auto',
      sampling: { temperature: 0 },
      stop: [],
      choices: 1,
      ...change.input,
    },
  };
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** The visible text of an answer. */
export function textOf(chunks: readonly InferenceChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
}
