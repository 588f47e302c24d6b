import type { FakeServerKind } from '../fake-openai-server.ts';
import type { AnswerPlan } from './answer-plan.ts';

const identity = { id: 'fake-1', created: 1_700_000_000 };

/** The frames of one streamed answer in the shape of its server; `cut` breaks the connection. */
export function* framesOf(kind: FakeServerKind, plan: AnswerPlan): Generator<string> {
  if (kind === 'mlx') {
    const total = String(plan.promptTokens);
    yield `: keepalive ${total}/${total}\n\n`;
  }
  if (plan.errorEvent !== undefined) {
    yield frame(plan.errorEvent);
    return;
  }
  let sent = 0;
  for (const event of eventsOf(kind, plan)) {
    if (sent === plan.cutAfter) {
      yield 'cut';
      return;
    }
    sent += 1;
    yield frame({ ...identity, model: plan.model, ...event });
  }
  yield 'data: [DONE]\n\n';
}

function frame(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

function* eventsOf(kind: FakeServerKind, plan: AnswerPlan): Generator<object> {
  for (let choice = 0; choice < plan.choices; choice += 1) {
    yield* plan.isChat ? chatEvents(kind, plan, choice) : textEvents(plan, choice);
  }
  if (!plan.includeUsage) return;
  const object = kind === 'mlx' ? 'chat.completion' : 'chat.completion.chunk';
  yield { object, choices: [], usage: usageOf(plan) };
}

function* chatEvents(kind: FakeServerKind, plan: AnswerPlan, index: number): Generator<object> {
  const object = 'chat.completion.chunk';
  const thinking =
    kind === 'llama-server' || kind === 'lm-studio' ? 'reasoning_content' : 'reasoning';
  // Some repeat the role in every delta.
  const role = kind === 'mlx' || kind === 'ollama' ? { role: 'assistant' } : {};
  let written = 0;
  const event = (delta: object, finish: string | null = null): object => ({
    object,
    choices: [{ index, delta: { ...role, ...delta }, finish_reason: finish }],
    ...(plan.timingsPerToken && { timings: timingsOf(plan, written) }),
  });
  if (kind === 'llama-server') yield event({ role: 'assistant', content: null });
  else if (kind === 'vllm') yield event({ role: 'assistant', content: '' });
  for (const text of plan.reasoning) {
    written += 1;
    yield event(kind === 'ollama' ? { content: '', [thinking]: text } : { [thinking]: text });
  }
  for (const text of plan.pieces) {
    written += 1;
    yield event({ content: text });
  }
  if (plan.call !== undefined) yield* callDeltas(kind, plan.call, event);
  yield lastEvent(kind, plan, event);
}

function lastEvent(
  kind: FakeServerKind,
  plan: AnswerPlan,
  event: (delta: object, finish: string) => object,
): object {
  // Ollama ends an answer with tool calls like any other.
  const finish = kind === 'ollama' && plan.call !== undefined ? 'stop' : plan.finish;
  const last = event(kind === 'ollama' ? { content: '' } : {}, finish);
  if (kind !== 'vllm' || !('choices' in last)) return last;
  const [choice] = last.choices as readonly object[];
  return { ...last, choices: [{ ...choice, stop_reason: plan.stopSequence ?? null }] };
}

/** Whole, or in pieces: the name first, then the arguments bit by bit. */
function* callDeltas(
  kind: FakeServerKind,
  call: NonNullable<AnswerPlan['call']>,
  event: (delta: object) => object,
): Generator<object> {
  if (kind === 'mlx' || kind === 'ollama') {
    yield event({ tool_calls: [{ index: 0, id: 'call-1', type: 'function', function: call }] });
    return;
  }
  const { name } = call;
  yield event({
    tool_calls: [{ index: 0, id: 'call-1', type: 'function', function: { name, arguments: '' } }],
  });
  for (const piece of call.arguments.split(/(?<= )/)) {
    yield event({ tool_calls: [{ index: 0, function: { arguments: piece } }] });
  }
}

function* textEvents(plan: AnswerPlan, index: number): Generator<object> {
  let written = 0;
  for (const text of [...plan.pieces, '']) {
    const isLast = written === plan.pieces.length;
    written += 1;
    yield {
      object: 'text_completion',
      choices: [{ index, text, finish_reason: isLast ? plan.finish : null }],
      ...(plan.timingsPerToken && {
        timings: timingsOf(plan, Math.min(written, plan.pieces.length)),
      }),
    };
  }
}

function usageOf(plan: AnswerPlan): object {
  const written = (plan.reasoning.length + plan.pieces.length) * plan.choices;
  return {
    prompt_tokens: plan.promptTokens,
    completion_tokens: written,
    total_tokens: plan.promptTokens + written,
  };
}

function timingsOf(plan: AnswerPlan, written: number): object {
  return { cache_n: 0, prompt_n: plan.promptTokens, prompt_ms: 1, predicted_n: written };
}
