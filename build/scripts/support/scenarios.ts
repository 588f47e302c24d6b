import type { TestOutcome } from './test-outcome.ts';

/** Test files by the mark that a test name in them begins with, such as `E5` or `PACK`. */
export type ScenarioFiles = ReadonlyMap<string, readonly string[]>;

/** A test that proves a scenario carries its number and a colon in its name: `E5: streams …`. */
const numberInName = /['"`](?:[^'"`\n]* )?(E\d+):/g;
/** A part of the product has a word in front of its tests: `test('PACK: …`. Only there: strings hold other words. */
const wordInFront = /\(\s*['"`]([A-Z]{3,}): /g;

/** What may be asked for on the command line. */
export const isScenarioMark = (word: string): boolean => /^(?:E\d+|[A-Z]{3,})$/.test(word);

export function scenariosNamedIn(
  files: readonly { readonly file: string; readonly source: string }[],
): ScenarioFiles {
  const found = new Map<string, string[]>();
  for (const { file, source } of files) {
    const names = [...source.matchAll(numberInName), ...source.matchAll(wordInFront)];
    for (const mark of new Set(names.map((match) => match[1] ?? ''))) {
      found.set(mark, [...(found.get(mark) ?? []), file]);
    }
  }
  return found;
}

/** Numbers in their order, then words. */
export function inOrder(marks: Iterable<string>): string[] {
  const numberOf = (mark: string): number => (/\d/.test(mark) ? Number(mark.slice(1)) : Infinity);
  return [...new Set(marks)].toSorted((a, b) =>
    numberOf(a) === numberOf(b) ? a.localeCompare(b) : numberOf(a) - numberOf(b),
  );
}

export interface ScenarioLine {
  readonly outcome: 'passed' | 'failed' | 'missing';
  readonly text: string;
}

/**
 * One line for each scenario. It has passed only when a test of it ran and none failed: skipped
 * tests prove nothing. `built` are the marks that some test file names.
 */
export function resultLines(
  marks: readonly string[],
  built: readonly string[],
  tests: readonly TestOutcome[],
): ScenarioLine[] {
  return marks.map((mark) => {
    if (!built.includes(mark)) return { outcome: 'missing', text: `${mark} not built yet` };
    const own = tests.filter((test) => new RegExp(`\\b${mark}:`).test(test.name));
    const failed = own.filter((test) => test.outcome === 'failed');
    const passed = own.filter((test) => test.outcome === 'passed');
    if (failed.length > 0) {
      const names = failed.map(({ file, name, error }) => `\n  ${file}: ${name}\n      ${error}`);
      return { outcome: 'failed', text: `${mark} failed:${names.join('')}` };
    }
    if (passed.length === 0) {
      return { outcome: 'failed', text: `${mark} failed: none of its tests ran` };
    }
    const skipped = own.length - passed.length;
    const flaky = passed.filter((test) => test.isFlaky).length;
    const notes = [
      `${passed.length} ${passed.length === 1 ? 'test' : 'tests'}`,
      ...(flaky > 0 ? [`${flaky} at the second try`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ];
    return { outcome: 'passed', text: `${mark} passed (${notes.join(', ')})` };
  });
}
