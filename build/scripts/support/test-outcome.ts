import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

/** One finished test, whichever runner ran it. */
export const testOutcome = z.object({
  /** Titles of the groups around it and its own. */
  name: z.string(),
  /** Relative to the project folder. */
  file: z.string(),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  /** Passed, but only at the second try. */
  isFlaky: z.boolean(),
  /** First line of what went wrong; also of the first try of a flaky test. */
  error: z.string().optional(),
});
export type TestOutcome = z.infer<typeof testOutcome>;

export const testRun = z.object({
  tests: z.array(testOutcome).readonly(),
  /** What failed beside the tests, a line each: files that did not load, errors that nobody caught. */
  problems: z.array(z.string()).readonly(),
});

export interface TestRun extends z.infer<typeof testRun> {
  /** False also when the runner itself failed: a file that does not load, no browser, no report. */
  readonly passed: boolean;
}

/** A run that could not begin, or left no report. */
export const brokenRun = (problem: string): TestRun => ({
  tests: [],
  problems: [problem],
  passed: false,
});

const longestLine = 300;

/** What a person needs to know an error again: its first line, without colours. */
export function firstLine(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n');
  const line = lines.map((each) => each.trim()).find((each) => each !== '') ?? 'no message';
  return line.length > longestLine ? `${line.slice(0, longestLine)} …` : line;
}
