/**
 * How a model family writes tool calls:
 * - `hermes` `<tool_call>{"name":…,"arguments":{…}}</tool_call>`: Qwen, Hermes and many others
 * - `llama3` a bare `{"name":…,"parameters":{…}}` as the whole answer, maybe behind `<|python_tag|>`
 * - `mistral` `[TOOL_CALLS][{"name":…,"arguments":{…}}]`, also `[TOOL_CALLS]name[ARGS]{…}`
 * - `json` a bare `{"name":…,"arguments":{…}}` as the whole answer
 */
export type ToolFormat = 'hermes' | 'llama3' | 'mistral' | 'json';

export interface ToolSyntax {
  /** Begins a block of calls anywhere in the answer; absent when only a bare object does. */
  readonly opener: string | undefined;
  readonly closer: string | undefined;
  /** A JSON value right at the start of the answer is a call when it has a call's fields. */
  readonly isBareAtStart: boolean;
  /** The field the model was taught to put the arguments in. */
  readonly argumentsKey: 'arguments' | 'parameters';
}

export const toolSyntaxes: Readonly<Record<ToolFormat, ToolSyntax>> = {
  hermes: {
    opener: '<tool_call>',
    closer: '</tool_call>',
    isBareAtStart: false,
    argumentsKey: 'arguments',
  },
  llama3: {
    opener: '<|python_tag|>',
    closer: undefined,
    isBareAtStart: true,
    argumentsKey: 'parameters',
  },
  mistral: {
    opener: '[TOOL_CALLS]',
    closer: undefined,
    isBareAtStart: false,
    argumentsKey: 'arguments',
  },
  json: { opener: undefined, closer: undefined, isBareAtStart: true, argumentsKey: 'arguments' },
};

const idAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const idLength = 24;

/** A new id in the shape OpenAI clients know: `call_` and 24 letters or digits (142 random bits). */
export function newToolCallId(): string {
  let id = 'call_';
  while (id.length < 'call_'.length + idLength) {
    for (const byte of globalThis.crypto.getRandomValues(new Uint8Array(idLength))) {
      // 248 is the largest multiple of 62 in a byte: larger values would favour some letters.
      if (byte < 248 && id.length < 'call_'.length + idLength) id += idAlphabet.charAt(byte % 62);
    }
  }
  return id;
}
