import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './support/build-state.ts';
import { projectFolder } from './support/run-program.ts';
import { inOrder, isScenarioMark, resultLines, scenariosNamedIn } from './support/scenarios.ts';
import type { ScenarioFiles } from './support/scenarios.ts';
import type { TestRun } from './support/test-outcome.ts';
import { runPlaywright, runVitest } from './support/test-runs.ts';

/**
 * `npm run scenario -- E5 PACK`: runs the acceptance scenarios with these numbers and the tests of
 * these parts of the product, wherever they live.
 */

function findScenarios(pattern: string): ScenarioFiles {
  // The tests of these scripts speak of scenarios and are none.
  const files = globSync(pattern, { cwd: projectFolder, exclude: ['build/scripts/**'] });
  return scenariosNamedIn(
    files.map((file) => ({ file, source: readFileSync(join(projectFolder, file), 'utf8') })),
  );
}

const unitTests = findScenarios('{src-main,src-renderer,build,bench,e2e/chaos}/**/*.test.{ts,tsx}');
const endToEndTests = findScenarios('e2e/specs/**/*.spec.ts');
const built = inOrder([...unitTests.keys(), ...endToEndTests.keys()]);

const asked = process.argv.slice(2).map((argument) => argument.toUpperCase());
if (asked.length === 0 || !asked.every(isScenarioMark)) {
  console.error(`Usage: npm run scenario -- E5 PACK. Built so far: ${built.join(' ') || 'none'}.`);
  process.exit(2);
}

const wanted = asked.filter((mark) => built.includes(mark));
const namePattern = `\\b(${wanted.join('|')}):`;
const filesOf = (found: ScenarioFiles): string[] => [
  ...new Set(wanted.flatMap((mark) => found.get(mark) ?? [])),
];

// Whoever asks for a scenario also gets those of its tests that every run would be too long with.
process.env['MILLPOND_HEAVY'] = '1';
const runs: TestRun[] = [];
const unitFiles = filesOf(unitTests);
if (unitFiles.length > 0) runs.push(await runVitest({ files: unitFiles, namePattern }));
const endToEndFiles = filesOf(endToEndTests);
if (endToEndFiles.length > 0) {
  await ensureBuilt();
  runs.push(await runPlaywright({ files: endToEndFiles, namePattern }));
}

const lines = resultLines(
  asked,
  built,
  runs.flatMap((run) => run.tests),
);
const problems = runs.flatMap((run) => run.problems);
console.log(`\n${[...lines.map((line) => line.text), ...problems].join('\n')}`);
const isWhole = lines.every((line) => line.outcome === 'passed') && runs.every((run) => run.passed);
process.exitCode = isWhole ? 0 : 1;
