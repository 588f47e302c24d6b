import { markChars } from '../../core/fingerprint.ts';
import type { CanonicalInput, InferenceRequest } from '../../core/inference.ts';
import type { NodeTrust } from '../../core/node.ts';
import { needsOf, understands } from '../pipeline/check-capabilities.ts';
import type { Upstream } from '../ports.ts';

/** Why an upstream is not asked, for the caller's error and for whoever wants the choice explained. */
export interface Exclusion {
  readonly kind:
    | 'pin'
    | 'privacy'
    | 'tools'
    | 'capability'
    | 'dialect'
    | 'state'
    | 'weights'
    | 'context'
    | 'failed'
    | 'paused';
  /** One clause. */
  readonly reason: string;
}

export interface Rules {
  readonly request: InferenceRequest;
  /** Weights that it must have, and be able to go on with, because part of the answer is out already. */
  readonly goesOnWith?: string | undefined;
  /** Longest context that was too short already, in tokens. */
  readonly tooShortContext?: number | undefined;
  /** Failed for this request already. */
  readonly hasFailed: (upstream: Upstream) => boolean;
  /** Milliseconds until its circuit lets somebody try. */
  readonly pausedMs: (upstream: Upstream) => number;
}

/** Undefined: it may be asked. */
export function exclusionOf(upstream: Upstream, rules: Rules): Exclusion | undefined {
  const { envelope, input } = rules.request;
  return (
    byPin(upstream, envelope.pin) ??
    byTrust(upstream, rules.request) ??
    byDialect(upstream, rules.request) ??
    byCapability(upstream, input) ??
    byState(upstream) ??
    byWeights(upstream, rules) ??
    byContext(upstream, rules) ??
    byHistory(upstream, rules)
  );
}

/** Prompts sent there reach nobody but this machine. */
export function staysHere({ kind, staysHere: told = kind === 'local' }: Upstream): boolean {
  return told;
}

export function machineOf({ machine, id }: Upstream): string {
  return machine ?? id;
}

/** The upstream is the one that `model@node` names. */
export function isPinned(upstream: Upstream, pin: string): boolean {
  const wanted = pin.toLowerCase();
  return upstream.id.toLowerCase() === wanted || machineOf(upstream).toLowerCase() === wanted;
}

/** Tokens of the prompt as far as its characters tell; never more than there are by much. */
export function estimatedPromptTokens({ envelope, input }: InferenceRequest): number {
  const marked = markChars(envelope.marks.at(-1) ?? '');
  return Math.floor((marked > 0 ? marked : charsOf(input)) / charsPerToken);
}

/** Of the languages that models write, none has more characters to a token in the mean. */
const charsPerToken = 5;

function charsOf(input: CanonicalInput): number {
  switch (input.task) {
    case 'chat':
    case 'completion':
      return 0;
    case 'embedding':
      return Math.max(0, ...input.inputs.map((text) => text.length));
    case 'rerank':
      return input.query.length + Math.max(0, ...input.documents.map((text) => text.length));
    case 'count':
    case 'proxy':
      return 0;
  }
}

function byPin(upstream: Upstream, pin: string | undefined): Exclusion | undefined {
  if (pin === undefined || isPinned(upstream, pin)) return undefined;
  return { kind: 'pin', reason: 'the request names another machine' };
}

function trustOf(upstream: Upstream): NodeTrust {
  return upstream.trust ?? (staysHere(upstream) ? 'own' : 'trusted');
}

/** A machine that nobody vouches for reads no prompt that was not meant for all, and calls no tools. */
function byTrust(upstream: Upstream, { envelope, input }: InferenceRequest): Exclusion | undefined {
  if (envelope.privacy === 'this-machine' && !staysHere(upstream)) {
    return { kind: 'privacy', reason: 'the prompt may not leave this machine' };
  }
  if (trustOf(upstream) !== 'guest') return undefined;
  if (envelope.privacy !== 'any') {
    return { kind: 'privacy', reason: 'the prompt is for trusted machines, and this is a guest' };
  }
  const hasTools = input.task === 'chat' && input.tools.length > 0;
  if (!hasTools) return undefined;
  return {
    kind: 'tools',
    reason: 'requests with tools need a trusted machine, and this is a guest',
  };
}

function byDialect(upstream: Upstream, request: InferenceRequest): Exclusion | undefined {
  if (understands(upstream, request)) return undefined;
  const param = request.raw?.demands[0]?.param;
  return {
    kind: 'dialect',
    reason: param === undefined ? 'it speaks another API' : `it does not know '${param}'`,
  };
}

function byCapability({ offer }: Upstream, input: CanonicalInput): Exclusion | undefined {
  const capabilities = offer?.capabilities;
  const lack = capabilities && needsOf(input).find((need) => !capabilities[need.capability]);
  return lack && { kind: 'capability', reason: `it does not support ${lack.capability} there` };
}

function byState({ offer }: Upstream): Exclusion | undefined {
  if (offer?.state.phase !== 'draining') return undefined;
  return { kind: 'state', reason: 'it finishes its answers and takes nothing new' };
}

function byWeights({ offer }: Upstream, { request, goesOnWith }: Rules): Exclusion | undefined {
  const needed = request.envelope.digest;
  if (goesOnWith !== undefined) {
    const canGoOn = offer?.digest === goesOnWith && offer.capabilities?.continuation === true;
    return canGoOn ? undefined : { kind: 'weights', reason: 'it cannot go on with this answer' };
  }
  if (needed === undefined || offer?.digest === undefined || offer.digest === needed) {
    return undefined;
  }
  return { kind: 'weights', reason: 'it has other weights under this name' };
}

function byContext({ offer }: Upstream, { tooShortContext }: Rules): Exclusion | undefined {
  const length = offer?.contextLength;
  if (tooShortContext === undefined || length === undefined || length > tooShortContext) {
    return undefined;
  }
  return {
    kind: 'context',
    reason: `its context of ${length.toString()} tokens is too short`,
  };
}

function byHistory(upstream: Upstream, rules: Rules): Exclusion | undefined {
  if (rules.hasFailed(upstream)) {
    return { kind: 'failed', reason: 'it failed for this request already' };
  }
  const pausedMs = rules.pausedMs(upstream);
  if (pausedMs === 0) return undefined;
  const seconds = Math.ceil(pausedMs / 1000).toString();
  return { kind: 'paused', reason: `it failed several times and is left alone for ${seconds} s` };
}
