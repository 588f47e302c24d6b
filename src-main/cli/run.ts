import { MillpondError } from '../core/error.ts';
import { streamAnswer } from './completions-client.ts';
import type { ConversationMessage, GenerateOptions } from './completions-client.ts';
import { connect } from './connection.ts';
import type { Connection } from './connection.ts';
import { loadVisibly } from './load-progress.ts';
import { converse } from './chat.ts';
import type { VerbContext } from './verb.ts';

export interface RunOptions extends GenerateOptions {
  readonly system?: string;
  /** Prints tokens and speed behind the answer. */
  readonly verbose?: boolean;
}

/** Answers one prompt, from the arguments, standard input or both; without either it starts a chat. */
export async function run(
  context: VerbContext,
  name: string,
  words: readonly string[],
  options: RunOptions,
): Promise<void> {
  const { deps, output } = context;
  const piped = deps.stdin.isTTY ? '' : await readAll(deps.stdin);
  const prompt = [words.join(' '), piped.trim()].filter((part) => part !== '').join('\n\n');
  const connection = await connect(deps);
  try {
    const model = await connection.client.models.get({ name });
    await loadVisibly(connection.client, model, output, { signal: deps.interrupted });
    if (prompt !== '') await answerOnce(context, connection, { model: model.id, prompt }, options);
    else if (deps.stdin.isTTY) await converse(context, connection, model.id, options);
    else
      throw new MillpondError(
        'invalid-request',
        'There is no prompt: give it as an argument or on standard input',
      );
  } finally {
    await connection.close();
  }
}

async function answerOnce(
  { deps, output }: VerbContext,
  connection: Connection,
  request: { readonly model: string; readonly prompt: string },
  options: RunOptions,
): Promise<void> {
  const messages: ConversationMessage[] = [{ role: 'user', content: request.prompt }];
  if (options.system !== undefined) messages.unshift({ role: 'system', content: options.system });
  const startedAt = performance.now();
  let firstTokenMs: number | undefined;
  let text = '';
  let reasoning = '';
  const answer = streamAnswer(
    deps,
    connection,
    { model: request.model, messages },
    {
      ...options,
      signal: deps.interrupted,
    },
  );
  for await (const event of answer) {
    firstTokenMs ??= performance.now() - startedAt;
    if (event.type === 'reasoning') {
      reasoning += event.text;
      output.aside(event.text);
    } else if (event.type === 'text') {
      if (text === '' && reasoning !== '') output.aside('\n\n');
      text += event.text;
      if (!output.isJson) output.write(event.text);
    } else {
      const totalMs = performance.now() - startedAt;
      const measured = { ...event.usage, firstTokenMs, totalMs };
      if (output.isJson) {
        output.json({
          model: request.model,
          text,
          reasoning,
          finishReason: event.reason,
          ...measured,
        });
      } else {
        output.line();
        if (options.verbose) output.remark(describe(measured));
      }
    }
  }
}

function describe(measured: {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly firstTokenMs: number;
  readonly totalMs: number;
}): string {
  const { promptTokens, completionTokens, firstTokenMs, totalMs } = measured;
  const decodeSeconds = Math.max(totalMs - firstTokenMs, 1) / 1000;
  return (
    `${String(promptTokens)} prompt tokens, ${String(completionTokens)} tokens, ` +
    `first after ${(firstTokenMs / 1000).toFixed(2)} s, ${(completionTokens / decodeSeconds).toFixed(1)} tok/s`
  );
}

async function readAll(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of stream) {
    text += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
  }
  return text;
}
