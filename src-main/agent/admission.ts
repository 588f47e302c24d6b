import type { ErrorBody } from '../core/error.ts';
import type { CanonicalInput, InferenceRequest } from '../core/inference.ts';
import type { SharingState } from '../core/node.ts';
import { offeredModels } from './advert.ts';
import type { ShareableModel, SharingLimits } from './ports.ts';

interface AdmissionSituation {
  readonly isOffered: boolean;
  readonly state: SharingState;
  readonly limits: SharingLimits;
  /** Answers for others that run now, of all pools. */
  readonly running: number;
  readonly models: readonly ShareableModel[];
}

/** `modelId` as this machine calls the model that was asked for. */
export type AdmissionDecision =
  | { readonly ok: true; readonly modelId: string }
  | { readonly ok: false; readonly failure: ErrorBody };

/** When a machine that is full may be asked again. */
const retryAfterMs = 2000;
/** No tokenizer needs more characters for a token on average, in any text that people write. */
const mostCharsPerToken = 12;

/** The owner's limits, whatever the gateway believes. Pure. */
export function admit(request: InferenceRequest, situation: AdmissionSituation): AdmissionDecision {
  const { isOffered, state, limits, running } = situation;
  if (!isOffered) {
    return refuse('forbidden', 'The owner of this machine does not offer it to this pool');
  }
  if (state.phase === 'finishing') {
    return refuse('overloaded', 'This machine finishes its answers and takes no more', 'draining');
  }
  if (state.phase === 'paused') {
    return refuse('overloaded', 'The owner of this machine has paused sharing');
  }
  const model = findModel(request, offeredModels(situation.models, limits));
  if (model === undefined) {
    return refuse('forbidden', `This machine does not offer ${request.envelope.model}`);
  }
  if (model.state.phase === 'draining') {
    return refuse('overloaded', `${model.name} is being unloaded on this machine`, 'draining');
  }
  if (running >= limits.answersAtOnce) {
    const failure = refuse(
      'overloaded',
      `This machine gives ${String(limits.answersAtOnce)} answers at once to others, and all are taken`,
    );
    return { ...failure, failure: { ...failure.failure, retryAfterMs } };
  }
  const fewest = Math.floor(charactersOf(request.input) / mostCharsPerToken);
  if (limits.maxPromptTokens > 0 && fewest > limits.maxPromptTokens) {
    return { ok: false, failure: promptTooLong(limits.maxPromptTokens) };
  }
  return { ok: true, modelId: model.id };
}

export function promptTooLong(maxPromptTokens: number): ErrorBody {
  return {
    code: 'too-large',
    message: `The owner of this machine takes prompts of ${String(maxPromptTokens)} tokens at most`,
    reason: 'owner-limits',
  };
}

/** By what it is where the request says so; machines may know the same model under other names. */
function findModel(
  { envelope: { digest, model } }: InferenceRequest,
  offered: readonly ShareableModel[],
): ShareableModel | undefined {
  const exact = offered.filter((each) => digest === undefined || each.digest === digest);
  return exact.find(({ id }) => id === model) ?? (digest === undefined ? undefined : exact[0]);
}

function refuse(
  code: ErrorBody['code'],
  message: string,
  reason = 'owner-limits',
): { readonly ok: false; readonly failure: ErrorBody } {
  return { ok: false, failure: { code, message, reason } };
}

/** The characters of everything that becomes prompt. */
function charactersOf(input: CanonicalInput): number {
  return textsOf(input).reduce((sum, text) => sum + text.length, 0);
}

export function textsOf(input: CanonicalInput): readonly string[] {
  switch (input.task) {
    case 'chat':
    case 'count':
      return [
        ...(input.tools.length > 0 ? [JSON.stringify(input.tools)] : []),
        ...input.messages.flatMap((message) => {
          if (message.role === 'user') {
            return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
          }
          return [message.text];
        }),
      ];
    case 'completion':
      return typeof input.prompt === 'string' ? [input.prompt] : [];
    case 'embedding':
      return input.inputs.filter((text) => typeof text === 'string');
    case 'rerank':
      return [input.query, ...input.documents];
    case 'proxy':
      return [];
  }
}
