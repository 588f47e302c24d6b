/** What a server of the Messages API writes, for tests. */

export interface WireUsageFields {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  readonly output_tokens_details?: { readonly thinking_tokens: number };
}

/** One server-sent event; its name is the type of its payload. */
export function wireEvent(data: {
  readonly type: string;
  readonly [field: string]: unknown;
}): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

export function messageStart(usage: WireUsageFields, model = 'claude-sonnet-4-5'): string {
  return wireEvent({
    type: 'message_start',
    message: { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], usage },
  });
}

/** A block with its pieces. */
export function wireBlock(index: number, block: object, deltas: readonly object[]): string {
  return [
    wireEvent({ type: 'content_block_start', index, content_block: block }),
    ...deltas.map((delta) => wireEvent({ type: 'content_block_delta', index, delta })),
    wireEvent({ type: 'content_block_stop', index }),
  ].join('');
}

export function textBlock(index: number, ...texts: readonly string[]): string {
  const deltas = texts.map((text) => ({ type: 'text_delta', text }));
  return wireBlock(index, { type: 'text', text: '' }, deltas);
}

export function messageEnd(
  usage: WireUsageFields,
  stop: { readonly stop_reason: string; readonly stop_sequence?: string } = {
    stop_reason: 'end_turn',
  },
): string {
  return (
    wireEvent({ type: 'message_delta', delta: { stop_sequence: null, ...stop }, usage }) +
    wireEvent({ type: 'message_stop' })
  );
}

export const ping = wireEvent({ type: 'ping' });

export function wireError(type: string, message: string): string {
  return wireEvent({ type: 'error', error: { type, message } });
}
