/** One request of a session, as the program posts it to `/v1/messages?beta=true`. */
export interface SessionRequest {
  readonly model: string;
  readonly system: readonly object[];
  readonly messages: readonly object[];
  readonly tools: readonly object[];
  readonly [field: string]: unknown;
}

export interface SessionShape {
  readonly model: string;
  readonly turns: number;
  /** How many of the tools it has. */
  readonly tools?: number;
  /** Sentences of the standing instructions; the real ones have about 27,000 characters. */
  readonly instructions: number;
  /** Sentences that each tool describes itself with, and each result holds. */
  readonly detail: number;
  /** How the changing line begins. Another word is what a gateway sees that does not know the line. */
  readonly lineName?: string;
}

const toolNames = ['Bash', 'Read', 'Edit', 'Write', 'Glob', 'Grep', 'TodoWrite', 'WebFetch'];
const ephemeral = { cache_control: { type: 'ephemeral' } };

/**
 * The requests of one session of Claude Code, as captured ones look: a line that is another one each
 * time in front of the instructions, the same tools, reminders in the first message, and one more call
 * of a tool with its result in each request. The mark for Anthropic's cache moves to the newest message.
 */
export function claudeCodeSession(shape: SessionShape): readonly SessionRequest[] {
  return Array.from({ length: shape.turns }, (_, turn) => requestOf(shape, turn));
}

function requestOf(shape: SessionShape, turn: number): SessionRequest {
  return {
    model: shape.model,
    messages: messagesOf(shape, turn),
    system: [
      { type: 'text', text: changingLine(shape, turn) },
      {
        type: 'text',
        text: "You are Claude Code, Anthropic's official CLI for Claude.",
        ...ephemeral,
      },
      { type: 'text', text: prose('instruction', shape.instructions), ...ephemeral },
    ],
    tools: toolNames.slice(0, shape.tools).map((name) => toolOf(name, shape)),
    metadata: { user_id: 'user_0784b260_account_261d5434_session_b4e5aaaa' },
    max_tokens: 32_000,
    thinking: { type: 'adaptive' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'medium' },
    stream: true,
  };
}

/** Both the end of the version and the last field follow from the request. */
function changingLine({ lineName = 'x-anthropic-billing-header' }: SessionShape, turn: number) {
  const nonce = ((turn + 1) * 2_654_435_761) % 0x10_0000;
  const hex = nonce.toString(16).padStart(5, '0');
  return `${lineName}: cc_version=2.1.177.${hex.slice(0, 3)}; cc_entrypoint=cli; cch=${hex};`;
}

function messagesOf(shape: SessionShape, turn: number): readonly object[] {
  const first = {
    role: 'user',
    content: [
      { type: 'text', text: `<system-reminder>\n${prose('reminder', 6)}\n</system-reminder>` },
      { type: 'text', text: 'Find out why the mill stops at night, and repair it.' },
    ],
  };
  const steps = Array.from({ length: turn }, (_, step) => stepOf(shape, step, step === turn - 1));
  return [first, ...steps.flat()];
}

/** What the model did in one turn, and what came of it. */
function stepOf({ detail }: SessionShape, step: number, isNewest: boolean): readonly object[] {
  const id = `toolu_${step.toString().padStart(4, '0')}`;
  const name = toolNames[step % toolNames.length];
  return [
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: prose(`thought ${step.toString()}`, 1), signature: '' },
        { type: 'text', text: `Step ${step.toString()}: I look at the next part.` },
        { type: 'tool_use', id, name, input: { path: `/mill/part-${step.toString()}.ts` } },
      ],
    },
    {
      role: 'user',
      content: [
        {
          tool_use_id: id,
          type: 'tool_result',
          content: prose(`part ${step.toString()}`, detail),
          ...(isNewest && ephemeral),
        },
      ],
    },
  ];
}

function toolOf(name: string, { detail }: SessionShape): object {
  return {
    name,
    description: prose(`use of ${name}`, detail),
    input_schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { path: { type: 'string', description: 'The absolute path' } },
      required: ['path'],
      additionalProperties: false,
    },
  };
}

function prose(subject: string, sentences: number): string {
  return Array.from(
    { length: sentences },
    (_, index) => `Sentence ${index.toString()} of the ${subject} says what to mind there.`,
  ).join(' ');
}
