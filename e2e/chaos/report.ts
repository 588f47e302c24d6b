import type { SeedResult } from './run-seed.ts';

export function printResult(
  { seed, problems, history, tookMs }: SeedResult,
  { withHistory }: { readonly withHistory: boolean },
): void {
  const isGood = problems.length === 0;
  console.log(`${isGood ? '✓' : '✗'} seed ${seed} ${(tookMs / 1000).toFixed(1)} s`);
  if (!isGood || withHistory) for (const line of history) console.log(`    ${line}`);
  for (const problem of problems) console.log(`  ! ${problem}`);
  if (!isGood) console.log(`  again: npm run chaos -- --seed ${seed}`);
}

export function printSummary(results: readonly SeedResult[]): void {
  const failed = results.filter(({ problems }) => problems.length > 0);
  const killed = results.reduce((sum, result) => sum + result.figures.killed, 0);
  const continued = results.reduce((sum, result) => sum + result.figures.continued, 0);
  const mean = results.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000 / results.length;
  const growth = Math.max(0, ...results.map(({ figures }) => figures.grownBytes));
  console.log(
    [
      `${results.length} seeds, ${mean.toFixed(1)} s each: ${failed.length === 0 ? 'all is true' : `failed: ${failed.map(({ seed }) => seed).join(', ')}`}.`,
      `Answers whose machine was killed while others had the weights: ${killed}, continued: ${continued}.`,
      `The gateway's heap grew by ${(growth / 1024 ** 2).toFixed(1)} MiB at most.`,
    ].join('\n'),
  );
}
