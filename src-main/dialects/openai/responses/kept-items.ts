import { z } from 'zod';
import { userItem } from './decode-response.ts';
import type { Recalled, ResponseBody } from './decode-response.ts';
import { requestItem } from './request-items.ts';
import type { RequestItem, WirePart } from './request-items.ts';
import { itemIdOf } from './response-builder.ts';

/** The own input of a request with an id for each item, and references replaced by what they name. */
export function itemsToKeep(
  { input }: ResponseBody,
  { referenced }: Recalled,
  requestId: string,
): readonly RequestItem[] {
  const items = typeof input === 'string' ? [userItem(input)] : input;
  return items.map((item, index) => {
    const found = item.type === 'item_reference' ? (referenced?.get(item.id) ?? item) : item;
    if (found.type === 'foreign' || found.type === 'item_reference') return found;
    return { ...found, id: found.id ?? itemIdOf('in', requestId, index) };
  });
}

const itemList = z.array(requestItem);
const responseWithOutput = z.object({ output: z.array(z.unknown()) });

/** Items as they were kept. */
export function readItems(json: string): readonly RequestItem[] {
  return itemList.parse(JSON.parse(json));
}

/** What a kept answer said, as items of a later request. */
export function readOutput(json: string): readonly RequestItem[] {
  return itemList.parse(responseWithOutput.parse(JSON.parse(json)).output);
}

const idOfOurs = /^(?:msg|rs|fc|in)_([0-9a-f]{8}-[0-9a-f-]{27})_/;
const responseIdOfOurs = /^resp_[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** The request whose answer an item belongs to; undefined for ids that are not ours. */
export function requestOfItem(itemId: string): string | undefined {
  return idOfOurs.exec(itemId)?.[1];
}

export function isOwnResponseId(id: string): boolean {
  return responseIdOfOurs.test(id);
}

const mostReferences = 100;
const references = z.object({
  previous_response_id: z.string().optional().catch(undefined),
  input: z.array(z.unknown()).catch([]),
});

/** What a body refers to that may be kept here; reads it as far as it can be read. */
export function referencesOf(body: unknown): {
  readonly previousId?: string;
  readonly itemIds: readonly string[];
} {
  const read = references.safeParse(body);
  if (!read.success) return { itemIds: [] };
  const { previous_response_id: previousId, input } = read.data;
  const itemIds = input.flatMap((item) => {
    const { data } = requestItem.safeParse(item);
    return data?.type === 'item_reference' && requestOfItem(data.id) !== undefined ? [data.id] : [];
  });
  return {
    ...(previousId !== undefined && isOwnResponseId(previousId) && { previousId }),
    itemIds: [...new Set(itemIds)].slice(0, mostReferences),
  };
}

/** An item as `GET /v1/responses/{id}/input_items` shows it. */
export function encodeItem(item: RequestItem): object {
  const status = 'completed';
  switch (item.type) {
    case 'message':
      return { ...item, status, content: contentOf(item.role, item.content) };
    case 'function_call':
      return { ...item, status };
    case 'function_call_output': {
      const { output } = item;
      return { ...item, status, output: typeof output === 'string' ? output : output.map(asInput) };
    }
    case 'reasoning':
      return {
        ...{ type: item.type, id: item.id, status },
        summary: (item.summary ?? []).map(({ text }) => ({ type: 'summary_text', text })),
        content: (item.content ?? []).map(({ text }) => ({ type: 'reasoning_text', text })),
      };
    case 'item_reference':
    case 'foreign':
      return item;
  }
}

function contentOf(
  role: 'user' | 'assistant' | 'system' | 'developer',
  content: string | readonly WirePart[],
): readonly object[] {
  const parts: readonly WirePart[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return role === 'assistant' ? parts.map(asOutput) : parts.map(asInput);
}

function asOutput(part: WirePart): object {
  if (!('text' in part)) return part;
  return { type: 'output_text', text: part.text, annotations: [], logprobs: [] };
}

function asInput(part: WirePart): object {
  if (part.type === 'input_image') return { ...part, detail: part.detail ?? 'auto' };
  return 'text' in part ? { type: 'input_text', text: part.text } : part;
}
