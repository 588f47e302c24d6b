import { describeMachine } from '../support/machine.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Report, Section } from '../support/report.ts';
import { percentile, summarize } from '../support/stats.ts';
import { contenders, heldOutSeeds, simulate, tuningSeeds } from './contenders.ts';
import type { Outcome } from './contenders.ts';
import { measureDecisions } from './decision-time.ts';
import type { TraceName } from './trace.ts';

interface RoutingBenchmarkOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Runs the seeds on which nothing was tuned instead of those on which it was. */
  readonly isHeldOut: boolean;
}

const traces: readonly { readonly name: TraceName; readonly title: string }[] = [
  { name: 'chat', title: '12 chats of 6–10 turns' },
  { name: 'crowded chat', title: '36 chats, more than the fleet has slots' },
  { name: 'agents', title: '18 coding agents behind three long prefixes' },
  { name: 'one-shot', title: '300 questions without a second one' },
  { name: 'mixed', title: 'everything, with machines that come, go and have to load' },
  { name: 'overload', title: 'everything, begun 1.5 times as fast as the fleet can answer' },
];

const leastBusy = 'least-busy';
const ours = 'expected time';
const thousand = 1000;

/** Every way of choosing machines on every trace, simulated; and what our decisions take. */
export async function benchmarkRouting(options: RoutingBenchmarkOptions): Promise<Report> {
  const machine = describeMachine();
  const seeds = options.isHeldOut ? heldOutSeeds : tuningSeeds;
  const kind = options.isHeldOut ? 'held-out' : 'tuning';
  const sections: Section[] = [];
  for (const { name, title } of traces) {
    const outcomes: Outcome[][] = [];
    for (const create of contenders) {
      const runs: Outcome[] = [];
      for (const seed of seeds) {
        options.signal.throwIfAborted();
        runs.push(simulate(name, seed, create));
        await breath();
      }
      progress(`${name}: ${runs[0]?.policy ?? ''}`);
      outcomes.push(runs);
    }
    sections.push(sectionOf(`${name}: ${title}, ${String(seeds.length)} ${kind} seeds`, outcomes));
  }
  progress('decisions between 500 machines');
  return { benchmark: 'routing', machine, sections: [...sections, decisions(options.runs)] };
}

/** Lets Ctrl+C be heard between two simulations. */
function breath(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function sectionOf(title: string, outcomes: readonly (readonly Outcome[])[]): Section {
  const reference = outcomes.find(([first]) => first?.policy === leastBusy) ?? [];
  const figures = outcomes.flatMap((runs) => figuresOf(runs, reference, title));
  return { title, comparison: { reference: 'least-busy', by: 'ratio' }, figures };
}

/** All requests of all seeds together: a percentile of three small runs says little. */
function figuresOf(
  runs: readonly Outcome[],
  reference: readonly Outcome[],
  title: string,
): Figure[] {
  const name = runs[0]?.policy ?? '';
  const goal = (text: string, isHere: boolean) => (name === ours && isHere ? { budget: text } : {});
  const compared = (
    what: string,
    unit: string,
    of: (all: readonly Outcome[]) => number,
  ): Figure => ({
    ...{ what: `${name}: ${what}`, unit, measured: summarize([of(runs)]) },
    reference: summarize([of(reference)]),
  });
  return [
    {
      ...compared('reused of what the oracle reuses', '%', reuseShare),
      ...goal('≥ 90 %', title.startsWith('chat')),
    },
    compared('first token, p50', 's', (all) => firstToken(all, 0.5)),
    {
      ...compared('first token, p90', 's', (all) => firstToken(all, 0.9)),
      ...goal('≤ 0.5 × least-busy', title.startsWith('chat')),
    },
    {
      ...compared('first token, p99', 's', (all) => firstToken(all, 0.99)),
      ...goal('≤ 1 × least-busy', title.startsWith('overload')),
    },
    compared('written', 'tokens/s', throughput),
    compared('decision, p50', 'µs', (all) => thousand * percentile(all.flatMap(decisionsOf), 0.5)),
  ];
}

function decisionsOf({ decisionMs }: Outcome): readonly number[] {
  return decisionMs;
}

function reuseShare(all: readonly Outcome[]): number {
  const reused = all.reduce((sum, { reusedTokens }) => sum + reusedTokens, 0);
  return (100 * reused) / all.reduce((sum, { reusableTokens }) => sum + reusableTokens, 0);
}

function firstToken(all: readonly Outcome[], share: number): number {
  return (
    percentile(
      all.flatMap(({ firstTokenMs }) => firstTokenMs),
      share,
    ) / thousand
  );
}

function throughput(all: readonly Outcome[]): number {
  const written = all.reduce((sum, { writtenTokens }) => sum + writtenTokens, 0);
  return (written / all.reduce((sum, { spanMs }) => sum + spanMs, 0)) * thousand;
}

function decisions(runs: number): Section {
  const measured = Array.from({ length: runs }, (_, run) => measureDecisions(run + 1));
  const figure = (what: string, values: readonly number[], budget?: string): Figure => ({
    ...{ what, unit: 'ms', measured: summarize(values) },
    ...(budget !== undefined && { budget }),
  });
  const of = (share: number) => measured.map(({ decisionMs }) => percentile(decisionMs, share));
  return {
    title: 'One decision between 500 machines that all hold conversations',
    figures: [
      figure('p50', of(0.5), '≤ 0.2 ms'),
      figure('p99', of(0.99)),
      figure(
        'making the question, marks of 19,000 characters included, p50',
        measured.map(({ hashMs }) => percentile(hashMs, 0.5)),
      ),
    ],
  };
}
