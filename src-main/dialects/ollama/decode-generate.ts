import { z } from 'zod';
import type { ChatInput, CompletionInput, CountInput } from '../../core/inference.ts';
import type { Decoded } from '../decoded.ts';
import { never, present, readBody, refusedField } from '../openai/fields.ts';
import type { FieldPolicy } from '../openai/fields.ts';
import { onlyLoad } from './decode-chat.ts';
import {
  decodeGeneration,
  decodeImages,
  decodeThinking,
  generationFields,
  imagesField,
  noteIgnored,
  refuseUnloading,
} from './fields.ts';

const generateBody = z.object({
  ...generationFields,
  prompt: z.string().default(''),
  suffix: z.string().optional(),
  system: z.string().optional(),
  raw: z.boolean().default(false),
  images: imagesField,
  context: z.array(z.unknown()).optional(),
});
type GenerateBody = z.output<typeof generateBody>;

const pictures = never('there is no picture output');
const policy: FieldPolicy = {
  refused: {
    template: never('it belongs to the owner of the engine'),
    width: pictures,
    height: pictures,
    steps: pictures,
  },
};

/** `POST /api/generate`. Without a prompt it loads the model and says nothing. */
export function decodeGenerate(body: unknown): Decoded<ChatInput | CompletionInput | CountInput> {
  const { value, ignored } = readBody(body, generateBody, policy);
  noteIgnored(value, ignored);
  if (value.context !== undefined && value.context.length > 0) {
    throw refusedField('context', 'send earlier turns as messages to /api/chat');
  }
  const common = {
    ...{ model: value.model, stream: value.stream, includeUsage: true, ignored },
  };
  const isBare = value.raw || (value.suffix ?? '') !== '';
  if (value.prompt === '' && !isBare) {
    refuseUnloading(value.keep_alive);
    return { ...common, input: onlyLoad };
  }
  return { ...common, input: isBare ? completionOf(value, ignored) : chatOf(value) };
}

/** A prompt as the model gets it, or one with something to fill in. */
function completionOf(value: GenerateBody, ignored: string[]): CompletionInput {
  if ((value.images?.length ?? 0) > 0) {
    throw refusedField('images', "pictures need a model's own template: leave out raw and suffix");
  }
  if (value.system !== undefined) ignored.push('system');
  if (value.think !== undefined) ignored.push('think');
  return {
    task: 'completion',
    prompt: value.prompt,
    echo: false,
    ...decodeGeneration(value),
    ...present({ suffix: value.suffix === '' ? undefined : value.suffix }),
  };
}

function chatOf(value: GenerateBody): ChatInput {
  const { system, prompt, images } = value;
  return {
    task: 'chat',
    messages: [
      ...(system === undefined || system === '' ? [] : [{ role: 'system' as const, text: system }]),
      {
        role: 'user',
        content: [{ type: 'text', text: prompt }, ...decodeImages(images, 'images')],
      },
    ],
    tools: [],
    toolChoice: 'none',
    parallelToolCalls: true,
    ...decodeGeneration(value),
    ...decodeThinking(value.think),
  };
}
