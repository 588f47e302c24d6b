import { textOf } from './answer-parts.ts';
import { branchTo } from './chat-tree.ts';
import type {
  AnswerPart,
  AssistantMessage,
  Attachment,
  Chat,
  Message,
  Receipt,
} from './conversation.ts';

/** Raised when the shape of the JSON export changes. */
const exportVersion = 1;

export interface ChatExport {
  readonly format: 'markdown' | 'json';
  readonly fileName: string;
  readonly mediaType: string;
  readonly text: string;
}

interface ExportInput {
  readonly chat: Chat;
  readonly messages: readonly Message[];
  readonly format: ChatExport['format'];
  /** Epoch milliseconds. */
  readonly exportedAt: number;
}

/** Markdown holds the branch on screen, to be read; JSON the whole tree, to be kept. */
export function exportChat(input: ExportInput): ChatExport {
  const name = fileNameFrom(input.chat.title);
  return input.format === 'markdown'
    ? {
        format: 'markdown',
        fileName: `${name}.md`,
        mediaType: 'text/markdown',
        text: toMarkdown(input),
      }
    : {
        format: 'json',
        fileName: `${name}.json`,
        mediaType: 'application/json',
        text: toJson(input),
      };
}

function toJson({ chat, messages, exportedAt }: ExportInput): string {
  const document = { millpondChat: exportVersion, exportedAt, chat, messages };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function toMarkdown({ chat, messages }: ExportInput): string {
  const blocks = [`# ${chat.title === '' ? 'Chat' : chat.title}`];
  if (chat.systemPrompt.trim() !== '') blocks.push('## System prompt', chat.systemPrompt.trim());
  for (const message of branchTo(messages, chat.leafId)) {
    if (message.role === 'assistant') {
      blocks.push(`## ${message.model}`, ...answerBlocks(message));
      continue;
    }
    blocks.push('## You');
    for (const file of message.attachments) blocks.push(`*Attached: ${attachedFile(file)}*`);
    if (message.text !== '') blocks.push(message.text);
  }
  return `${blocks.join('\n\n')}\n`;
}

function attachedFile({ name, pages, pageRange }: Attachment): string {
  if (pages === undefined) return name;
  return pageRange === undefined
    ? `${name}, ${pages} pages`
    : `${name}, pages ${pageRange} of ${pages}`;
}

function answerBlocks({ parts, status, error, receipt }: AssistantMessage): string[] {
  const blocks = parts.map(partBlock);
  if (textOf(parts) === '' && blocks.length === 0) blocks.push('*No answer.*');
  if (status === 'failed' && error !== undefined) blocks.push(`*Failed: ${error.message}*`);
  if (status === 'stopped') blocks.push('*Stopped.*');
  if (status === 'interrupted') blocks.push('*Interrupted.*');
  if (receipt !== undefined) blocks.push(`*${receiptLine(receipt)}*`);
  return blocks;
}

function partBlock(part: AnswerPart): string {
  switch (part.type) {
    case 'text':
      return part.text.trim();
    case 'reasoning':
      return `<details>\n<summary>Reasoning</summary>\n\n${part.text.trim()}\n\n</details>`;
    case 'tool-call':
      return `Tool call \`${part.name}\`:\n\n\`\`\`json\n${part.arguments}\n\`\`\``;
  }
}

function receiptLine({ model, machine, usage, timings, finishReason }: Receipt): string {
  const tokensPerSecond =
    timings.decodeMs > 0 ? (usage.completionTokens / timings.decodeMs) * 1_000 : undefined;
  return [
    `${model} on ${machine}`,
    ...(tokensPerSecond === undefined ? [] : [`${tokensPerSecond.toFixed(1)} tokens/s`]),
    `first token after ${(timings.firstTokenMs / 1_000).toFixed(2)} s`,
    `${usage.completionTokens} tokens`,
    `prompt ${usage.promptTokens} tokens, ${usage.cachedTokens} cached`,
    finishReason,
  ].join(' · ');
}

/** Letters, digits and spaces of the title; what every file system takes. */
function fileNameFrom(title: string): string {
  const name = title
    .replaceAll(/[^\p{L}\p{N}\p{M} ._-]+/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/gu, '');
  return name === '' ? 'chat' : name;
}
