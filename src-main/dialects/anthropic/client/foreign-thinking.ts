import type { CanonicalInput } from '../../../core/inference.ts';
import { parseJson } from './wire-events.ts';

/**
 * The body of a caller who has also talked to models that sign no thoughts, without those thoughts:
 * the API refuses a conversation that holds one. This is what "ours first, then Claude" comes to when
 * Claude's turn comes. Only then is a body written anew; every other one passes as it is.
 */
export function withoutForeignThinking(body: Uint8Array, input: CanonicalInput): Uint8Array {
  if (!hasForeignThinking(input)) return body;
  const value = parseJson(new TextDecoder().decode(body));
  if (!isRecord(value) || !Array.isArray(value['messages'])) return body;
  const given: readonly unknown[] = value['messages'];
  if (given.every((message) => signedContent(message) === undefined)) return body;
  const messages = given.flatMap((message) => {
    const content = signedContent(message);
    if (content === undefined || !isRecord(message)) return [message];
    return content.length > 0 ? [{ ...message, content }] : [];
  });
  return new TextEncoder().encode(JSON.stringify({ ...value, messages }));
}

/** The blocks that remain of a message; undefined where all do. */
function signedContent(message: unknown): readonly unknown[] | undefined {
  if (!isRecord(message) || !Array.isArray(message['content'])) return undefined;
  const blocks: readonly unknown[] = message['content'];
  return blocks.some(isUnsigned) ? blocks.filter((block) => !isUnsigned(block)) : undefined;
}

/** Several signed thoughts in one turn have no signature in the canonical form: the bytes decide. */
function hasForeignThinking(input: CanonicalInput): boolean {
  if (input.task !== 'chat' && input.task !== 'count') return false;
  return input.messages.some(
    (message) =>
      message.role === 'assistant' &&
      message.reasoning !== undefined &&
      message.reasoningSignature === undefined,
  );
}

function isUnsigned(block: unknown): boolean {
  return isRecord(block) && block['type'] === 'thinking' && !block['signature'];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
