import type { TestOutcome } from './test-runs.ts';

/** Test files by the scenario number that a test name in them begins with, such as `E5`. */
export type ScenarioFiles = ReadonlyMap<string, readonly string[]>;

/** A test that proves a scenario carries its number and a colon in its name: `E5: streams …`. */
const scenarioName = /['"`](?:[^'"`\n]* )?(E\d+):/g;

export function scenariosNamedIn(
  files: readonly { readonly file: string; readonly source: string }[],
): ScenarioFiles {
  const found = new Map<string, string[]>();
  for (const { file, source } of files) {
    const numbers = new Set([...source.matchAll(scenarioName)].map((match) => match[1] ?? ''));
    for (const number of numbers) found.set(number, [...(found.get(number) ?? []), file]);
  }
  return found;
}

export interface ScenarioLine {
  readonly outcome: 'passed' | 'failed' | 'missing';
  readonly text: string;
}

/**
 * One line for each scenario. It has passed only when a test of it ran and none failed: skipped
 * tests prove nothing. `built` are the numbers that some test file names.
 */
export function resultLines(
  numbers: readonly string[],
  built: readonly string[],
  tests: readonly TestOutcome[],
): ScenarioLine[] {
  return numbers.map((number) => {
    if (!built.includes(number)) return { outcome: 'missing', text: `${number} not built yet` };
    const own = tests.filter((test) => new RegExp(`\\b${number}:`).test(test.name));
    const failed = own.filter((test) => test.outcome === 'failed');
    const passed = own.filter((test) => test.outcome === 'passed');
    if (failed.length > 0) {
      const names = failed.map((test) => test.name).join('; ');
      return { outcome: 'failed', text: `${number} failed: ${names}` };
    }
    if (passed.length === 0) {
      return { outcome: 'failed', text: `${number} failed: none of its tests ran` };
    }
    const skipped = own.length - passed.length;
    const note = skipped > 0 ? `, ${skipped} skipped` : '';
    return {
      outcome: 'passed',
      text: `${number} passed (${passed.length} ${passed.length === 1 ? 'test' : 'tests'}${note})`,
    };
  });
}
