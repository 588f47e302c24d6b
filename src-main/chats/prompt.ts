import type {
  ChatInput,
  ChatMessage,
  ContentPart,
  Continuation,
  Sampling,
} from '../core/inference.ts';
import { textOf } from './answer-parts.ts';
import type { Attachment, ChatParameters, Message, UserMessage } from './conversation.ts';

/** A file as the model gets it: its text, or a picture's data address. */
export type AttachedContent = { readonly text: string } | { readonly pictureUrl: string };

interface PromptSource {
  /** Empty sends none. */
  readonly systemPrompt: string;
  /** The branch up to and including the message to answer. */
  readonly branch: readonly Message[];
  /** What the model gets of each attachment, by attachment id. */
  readonly attachments: ReadonlyMap<string, AttachedContent>;
  readonly parameters: ChatParameters;
  readonly continuation?: Continuation;
}

/** What is asked of the model for one branch of a chat. */
export function buildChatInput(source: PromptSource): ChatInput {
  const { systemPrompt, branch, attachments, parameters, continuation } = source;
  const system: ChatMessage[] =
    systemPrompt.trim() === '' ? [] : [{ role: 'system', text: systemPrompt }];
  return {
    task: 'chat',
    messages: [...system, ...branch.flatMap((message) => toChatMessages(message, attachments))],
    tools: [],
    toolChoice: 'none',
    parallelToolCalls: false,
    format: { type: 'text' },
    reasoning: parameters.reasoning ?? 'auto',
    sampling: samplingOf(parameters),
    stop: [],
    choices: 1,
    ...(parameters.maxTokens !== undefined && { maxTokens: parameters.maxTokens }),
    ...(continuation !== undefined && { continuation }),
  };
}

function toChatMessages(message: Message, attachments: PromptSource['attachments']): ChatMessage[] {
  if (message.role === 'user')
    return [{ role: 'user', content: userContent(message, attachments) }];
  const text = textOf(message.parts);
  const reasoning = textOf(message.parts, 'reasoning');
  // An answer that failed before its first word says nothing to the model.
  if (text === '' && reasoning === '') return [];
  return [{ role: 'assistant', text, ...(reasoning !== '' && { reasoning }) }];
}

/** Pictures first, then the files' text, each named and fenced, then what the person wrote. */
function userContent(
  message: UserMessage,
  attachments: PromptSource['attachments'],
): ContentPart[] {
  const pictures: ContentPart[] = [];
  const texts: string[] = [];
  for (const attachment of message.attachments) {
    const content = attachments.get(attachment.id) ?? { text: '' };
    if ('pictureUrl' in content) pictures.push({ type: 'image', url: content.pictureUrl });
    else texts.push(fencedFile(attachment, content.text));
  }
  const text = [...texts, message.text].filter((part) => part !== '').join('\n\n');
  return text === '' ? pictures : [...pictures, { type: 'text', text }];
}

function fencedFile(attachment: Attachment, text: string): string {
  const { name, pages, pageRange } = attachment;
  const where =
    pages === undefined || pageRange === undefined ? '' : `, pages ${pageRange} of ${pages}`;
  // Longer than any fence inside, so that the text of a file can't end it.
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `File "${name.replaceAll(/["\p{Cc}]/gu, '')}"${where}:\n${fence}\n${text}\n${fence}`;
}

function samplingOf(parameters: ChatParameters): Sampling {
  const { temperature, topP, topK, minP, repeatPenalty, seed } = parameters;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(minP !== undefined && { minP }),
    ...(repeatPenalty !== undefined && { repeatPenalty }),
    ...(seed !== undefined && { seed }),
  };
}
