import { createInterface } from 'node:readline/promises';
import type { Interface } from 'node:readline/promises';
import { MillpondError } from '../core/error.ts';
import { streamAnswer } from './completions-client.ts';
import type { ConversationMessage, GenerateOptions } from './completions-client.ts';
import { connect } from './connection.ts';
import type { Connection } from './connection.ts';
import { loadVisibly } from './load-progress.ts';
import type { VerbContext } from './verb.ts';

interface ChatOptions extends GenerateOptions {
  readonly system?: string;
}

const help = `/clear  forget the conversation
/system TEXT  set the system prompt
/exit  leave (also Ctrl+D); Ctrl+C stops an answer`;

/** A conversation in the terminal. */
export async function chat(
  context: VerbContext,
  name: string | undefined,
  options: ChatOptions,
): Promise<void> {
  const { deps, output } = context;
  const connection = await connect(deps);
  try {
    const wanted = name ?? (await connection.client.settings.get({})).defaultModel;
    const model = await connection.client.models.get({ name: wanted });
    await loadVisibly(connection.client, model, output, { signal: deps.interrupted });
    await converse(context, connection, model.id, options);
  } finally {
    await connection.close();
  }
}

/** Reads prompts until the person leaves; the whole conversation goes to the model each time. */
export async function converse(
  context: VerbContext,
  connection: Connection,
  model: string,
  options: ChatOptions,
): Promise<void> {
  const { deps, output } = context;
  output.remark(`Talking to ${model}. /help lists the commands.`);
  const terminal = createInterface({ input: deps.stdin, output: deps.stderr });
  let messages: ConversationMessage[] = startWith(options.system);
  try {
    for await (const line of prompts(terminal, deps.interrupted)) {
      const [command, ...rest] = line.split(' ');
      if (command === '/exit') return;
      if (command === '/help') output.remark(help);
      else if (command === '/clear') messages = startWith(options.system);
      else if (command === '/system') messages = startWith(rest.join(' '));
      else if (line !== '') {
        messages.push({ role: 'user', content: line });
        const text = await answer(
          context,
          connection,
          { model, messages },
          { terminal, ...options },
        );
        messages.push({ role: 'assistant', content: text });
      }
    }
  } finally {
    terminal.close();
  }
}

function startWith(system: string | undefined): ConversationMessage[] {
  return system === undefined ? [] : [{ role: 'system', content: system }];
}

async function* prompts(terminal: Interface, signal: AbortSignal): AsyncGenerator<string> {
  const closed = new Promise<undefined>((resolve) => {
    terminal.once('close', () => {
      resolve(undefined);
    });
  });
  while (!signal.aborted) {
    const line = await Promise.race([
      terminal.question('> ', { signal }).catch(() => undefined),
      closed,
    ]);
    if (line === undefined) return;
    yield line.trim();
  }
}

async function answer(
  { deps, output }: VerbContext,
  connection: Connection,
  request: { readonly model: string; readonly messages: readonly ConversationMessage[] },
  options: GenerateOptions & { readonly terminal: Interface },
): Promise<string> {
  const stopped = new AbortController();
  const onInterrupt = (): void => {
    stopped.abort();
  };
  options.terminal.once('SIGINT', onInterrupt);
  const signal = AbortSignal.any([deps.interrupted, stopped.signal]);
  let text = '';
  try {
    for await (const event of streamAnswer(deps, connection, request, { ...options, signal })) {
      if (event.type === 'reasoning') output.aside(event.text);
      if (event.type === 'text') {
        text += event.text;
        output.write(event.text);
      }
    }
    output.line();
  } catch (thrown) {
    if (!stopped.signal.aborted) output.remark(MillpondError.from(thrown).message);
    else output.remark('(stopped)');
  } finally {
    options.terminal.off('SIGINT', onInterrupt);
  }
  return text;
}
