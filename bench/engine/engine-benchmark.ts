import type { InferenceEngine } from '../../src-main/engines/engine.ts';
import type { ModelManifest } from '../../src-main/core/model.ts';
import {
  random100MModel,
  random20MModel,
  type RandomModelOptions,
} from '../../src-main/testing/random-gguf.ts';
import { generatedModel } from '../support/generated-model.ts';
import { describeMachine } from '../support/machine.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Report, Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { measureBatchFill } from './batch-fill.ts';
import { measureCancel } from './cancel-latency.ts';
import { measureChatReuse } from './chat-reuse.ts';
import type { Contestant, EngineShape } from './contestant.ts';
import { measureDecodeRate } from './decode-rate.ts';
import { startLlamaServer } from './llama-server.ts';
import { measurePrefillRate, measureSharedPrefill } from './long-prompt.ts';
import { loadEngine, startMillpond } from './millpond-engine.ts';
import { PromptSource } from './random-prompt.ts';

export interface EngineBenchmarkOptions {
  readonly runs: number;
  /** Measures this model only. */
  readonly model?: SubjectName;
  /** Measures this part only; the prompt beside three streams takes minutes on a large model. */
  readonly part?: PartName;
  /** The program to compare with; absent compares with nothing. */
  readonly llamaServer?: string;
  readonly signal: AbortSignal;
}

const shape: EngineShape = { slots: 8, contextLength: 4096 };
const streamCounts = [1, 4, 8] as const;

/** About so many parameters. */
export const subjectNames = ['20M', '100M'] as const;
export type SubjectName = (typeof subjectNames)[number];

export const partNames = ['decode', 'prompt', 'chat', 'cancel'] as const;
export type PartName = (typeof partNames)[number];

interface Subject {
  readonly name: SubjectName;
  readonly options: RandomModelOptions;
  /** So many that a run takes a few seconds. */
  readonly tokensPerStream: number;
  readonly budgets: { readonly alone: string; readonly together: string };
}

const subjects: readonly Subject[] = [
  {
    name: '20M',
    options: random20MModel,
    tokensPerStream: 192,
    budgets: { alone: '≥ 0.90 × llama-server', together: '' },
  },
  {
    name: '100M',
    options: random100MModel,
    tokensPerStream: 64,
    budgets: { alone: '≥ 0.95 × llama-server', together: '≥ 0.95 × llama-server' },
  },
];

/** Everything DESIGN's budgets say about engines, on generated models and one thread. */
export async function benchmarkEngine(options: EngineBenchmarkOptions): Promise<Report> {
  const machine = describeMachine();
  const sections: Section[] = [];
  for (const subject of subjects) {
    if (options.model !== undefined && options.model !== subject.name) continue;
    sections.push(await measureSubject(subject, options));
  }
  return { benchmark: 'engine', machine, sections };
}

/** Draws the same prompts for both contestants, and others in every run. */
type PromptsOfRun = () => PromptSource;
type Measure<T> = (contestant: Contestant, prompts: PromptSource) => Promise<T>;

async function measureSubject(subject: Subject, options: EngineBenchmarkOptions): Promise<Section> {
  const model = generatedModel(subject.options);
  const { llamaServer, signal } = options;
  const contestants: Contestant[] = [];
  await using stack = new AsyncDisposableStack();
  contestants.push(stack.use(await startMillpond(model, shape, signal)));
  if (llamaServer !== undefined) {
    contestants.push(stack.use(await startLlamaServer(llamaServer, model, shape, signal)));
  }
  const rounds = new Rounds(contestants, options);
  await rounds.warmUp((contestant, prompts) =>
    measureDecodeRate(contestant, { streams: 8, tokensPerStream: 16, prompts, signal }),
  );
  const isWanted = (part: PartName): boolean => (options.part ?? part) === part;
  const figures: Figure[] = [];
  if (isWanted('decode')) figures.push(...(await decodeFigures(rounds, subject)));
  if (isWanted('prompt')) figures.push(...(await longPromptFigures(rounds)));
  if (isWanted('chat')) figures.push(...(await chatFigures(rounds)));
  await stack.disposeAsync();
  if (isWanted('cancel')) {
    figures.push(...(await cancelFigures(model, options)), ...(await batchFigures(model, options)));
  }
  return {
    title: model.name,
    ...(llamaServer !== undefined && {
      comparison: { reference: 'llama-server', by: 'ratio' as const },
    }),
    figures,
  };
}

/** Measures the contestants in turn, run by run, so that what disturbs one disturbs the other too. */
class Rounds {
  private readonly contestants: readonly Contestant[];
  private readonly options: EngineBenchmarkOptions;
  private seed = 1;

  constructor(contestants: readonly Contestant[], options: EngineBenchmarkOptions) {
    this.contestants = contestants;
    this.options = options;
  }

  get signal(): AbortSignal {
    return this.options.signal;
  }

  /** One round that does not count: first steps allocate, and the engine learns its own speed. */
  async warmUp(measure: Measure<unknown>): Promise<void> {
    for (const contestant of this.contestants) await measure(contestant, new PromptSource(0));
  }

  /** The results of every contestant, in their order. */
  async measure<T>(what: string, measure: Measure<T>): Promise<readonly (readonly T[])[]> {
    progress(what);
    const results: T[][] = this.contestants.map(() => []);
    for (let run = 0; run < this.options.runs; run += 1) {
      this.seed += 1;
      const prompts: PromptsOfRun = () => new PromptSource(this.seed * 7919);
      const order = [...this.contestants.entries()];
      // Whoever goes first is not always the same one.
      for (const [index, contestant] of run % 2 === 0 ? order : order.toReversed()) {
        this.signal.throwIfAborted();
        results[index]?.push(await measure(contestant, prompts()));
      }
    }
    return results;
  }
}

interface FigureWords {
  readonly what: string;
  readonly unit: string;
  readonly budget?: string;
}

function figureOf(
  words: FigureWords,
  [measured, reference]: readonly (readonly number[])[],
): Figure {
  const { budget, what, unit } = words;
  return {
    what,
    unit,
    measured: summarize(measured ?? []),
    ...(reference !== undefined && { reference: summarize(reference) }),
    ...(budget !== undefined && budget !== '' && { budget }),
  };
}

async function decodeFigures(rounds: Rounds, subject: Subject): Promise<Figure[]> {
  const { budgets, tokensPerStream } = subject;
  const figures: Figure[] = [];
  for (const streams of streamCounts) {
    const what = `decode, ${streams === 1 ? '1 stream' : `${streams} streams`}`;
    const rates = await rounds.measure(what, (contestant, prompts) =>
      measureDecodeRate(contestant, { streams, tokensPerStream, prompts, signal: rounds.signal }),
    );
    const budget = streams === 1 ? budgets.alone : budgets.together;
    figures.push(figureOf({ what, unit: 'tokens/s', budget }, rates));
  }
  return figures;
}

async function longPromptFigures(rounds: Rounds): Promise<Figure[]> {
  const { signal } = rounds;
  const alone = await rounds.measure('1,000-token prompt alone', (contestant, prompts) =>
    measurePrefillRate(contestant, { prompts, signal }),
  );
  const shared = await rounds.measure(
    '2,700-token prompt beside 3 streams',
    (contestant, prompts) => measureSharedPrefill(contestant, { prompts, signal }),
  );
  return [
    figureOf({ what: '1,000-token prompt alone', unit: 'tokens/s' }, alone),
    figureOf(
      {
        what: 'worst gap of 3 streams meanwhile',
        unit: 'ms',
        budget: '≤ max(150 ms, 3 decode steps)',
      },
      shared.map((results) => results.map(({ worstGapMs }) => worstGapMs)),
    ),
    figureOf(
      { what: 'first token of that prompt', unit: 'ms' },
      shared.map((results) => results.map(({ firstTokenMs }) => firstTokenMs)),
    ),
  ];
}

async function chatFigures(rounds: Rounds): Promise<Figure[]> {
  const chats = await rounds.measure('chat of 10 turns', (contestant, prompts) =>
    measureChatReuse(contestant, { prompts, signal: rounds.signal }),
  );
  const ofTurn = (turn: number, pick: 'evaluated' | 'cached' | 'ms'): number[][] =>
    chats.map((results) =>
      results.map((turns) => {
        const { cachedTokens = 0, firstTokenMs = 0, promptTokens = 0 } = turns[turn] ?? {};
        if (pick === 'ms') return firstTokenMs;
        return pick === 'cached' ? cachedTokens : promptTokens - cachedTokens;
      }),
    );
  return [0, 4, 9].flatMap((turn) => {
    const name = `chat, turn ${turn + 1}`;
    return [
      figureOf({ what: `${name}: evaluated`, unit: 'tokens' }, ofTurn(turn, 'evaluated')),
      figureOf({ what: `${name}: cached`, unit: 'tokens' }, ofTurn(turn, 'cached')),
      figureOf({ what: `${name}: first token`, unit: 'ms' }, ofTurn(turn, 'ms')),
    ];
  });
}

async function cancelFigures(
  model: ModelManifest,
  { runs, signal }: EngineBenchmarkOptions,
): Promise<Figure[]> {
  const engine = await loadEngine(model, { ...shape, slots: 1 }, signal);
  try {
    return [await cancelFigure(engine, 'decode'), await cancelFigure(engine, 'prefill')];
  } finally {
    await engine.dispose();
  }

  async function cancelFigure(
    cancelled: InferenceEngine,
    during: 'decode' | 'prefill',
  ): Promise<Figure> {
    const what = `cancel during ${during}, to a free slot`;
    progress(what);
    const prompts = new PromptSource(during.length);
    const values: number[] = [];
    for (let run = 0; run <= runs; run += 1) {
      const value = await measureCancel(cancelled, { during, prompts, signal });
      if (run > 0) values.push(value);
    }
    return figureOf({ what, unit: 'ms', budget: '≤ 100 ms' }, [values]);
  }
}

async function batchFigures(
  model: ModelManifest,
  { signal }: EngineBenchmarkOptions,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const streams of [4, 8]) {
    const what = `tokens a decode yields, ${streams} streams`;
    progress(what);
    const prompts = new PromptSource(streams);
    const fill = await measureBatchFill({ model, shape, streams, prompts, signal });
    figures.push(figureOf({ what, unit: 'tokens' }, [[fill]]));
  }
  return figures;
}
