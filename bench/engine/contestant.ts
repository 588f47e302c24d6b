/** What an engine is asked for: tokens that both engines read alike, or a chat. */
export type Prompt =
  { readonly tokens: readonly number[] } | { readonly messages: readonly ChatTurn[] };

export interface ChatTurn {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export interface Generation {
  readonly prompt: Prompt;
  readonly maxTokens: number;
  /** Aborting ends the answer; the record of what came until then is still returned. */
  readonly signal: AbortSignal;
  /** Called when the first token arrives. */
  readonly onFirstToken?: () => void;
}

/** Tokens that arrived together, at a moment of `performance.now()`. */
export interface Arrival {
  readonly at: number;
  readonly tokens: number;
}

/** One greedy answer as its reader saw it. */
export interface AnswerRecord {
  readonly askedAt: number;
  readonly arrivals: readonly Arrival[];
  readonly text: string;
  /** Absent when the answer was cut off. */
  readonly usage?: { readonly promptTokens: number; readonly cachedTokens: number };
}

/** An engine with one loaded model that runs on one thread, behind whatever it is reached through. */
export interface Contestant extends AsyncDisposable {
  readonly name: string;
  generate(generation: Generation): Promise<AnswerRecord>;
}

/** What every contestant loads: enough slots for eight streams, each with room for the long prompt. */
export interface EngineShape {
  readonly slots: number;
  readonly contextLength: number;
}

/** Milliseconds from the question to its first token. */
export function firstTokenMs(record: AnswerRecord): number {
  const first = record.arrivals[0];
  if (first === undefined) throw new Error('An answer had no token');
  return first.at - record.askedAt;
}

/** Collects an answer while it comes. */
export class AnswerRecorder {
  private readonly arrivals: Arrival[] = [];
  private readonly askedAt = performance.now();
  private readonly onFirstToken: (() => void) | undefined;
  private text = '';

  constructor(generation: Generation) {
    this.onFirstToken = generation.onFirstToken;
  }

  arrived(tokens: number, text: string): void {
    if (tokens === 0 && text === '') return;
    this.arrivals.push({ at: performance.now(), tokens });
    this.text += text;
    if (this.arrivals.length === 1) this.onFirstToken?.();
  }

  record(usage?: { readonly promptTokens: number; readonly cachedTokens: number }): AnswerRecord {
    const { arrivals, askedAt, text } = this;
    return { askedAt, arrivals, text, ...(usage !== undefined && { usage }) };
  }
}
