import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './support/build-state.ts';
import { projectFolder } from './support/run-program.ts';
import { resultLines, scenariosNamedIn, type ScenarioFiles } from './support/scenarios.ts';
import { runPlaywright, runVitest, type TestOutcome } from './support/test-runs.ts';

/** `npm run scenario -- E5 E14`: runs the acceptance scenarios with these numbers, wherever their tests live. */

function findScenarios(pattern: string): ScenarioFiles {
  const files = globSync(pattern, { cwd: projectFolder });
  return scenariosNamedIn(
    files.map((file) => ({ file, source: readFileSync(join(projectFolder, file), 'utf8') })),
  );
}

const unitTests = findScenarios('{src-main,src-renderer}/**/*.test.ts');
const endToEndTests = findScenarios('e2e/specs/**/*.spec.ts');
const built = [...new Set([...unitTests.keys(), ...endToEndTests.keys()])].toSorted(
  (a, b) => Number(a.slice(1)) - Number(b.slice(1)),
);

const asked = process.argv.slice(2).map((argument) => argument.toUpperCase());
const malformed = asked.filter((number) => !/^E\d+$/.test(number));
if (malformed.length > 0 || asked.length === 0) {
  console.error(`Usage: npm run scenario -- E5 E14. Built so far: ${built.join(' ') || 'none'}.`);
  process.exit(2);
}

const wanted = asked.filter((number) => built.includes(number));
const namePattern = `\\b(${wanted.join('|')}):`;
const filesOf = (found: ScenarioFiles): string[] => [
  ...new Set(wanted.flatMap((number) => found.get(number) ?? [])),
];

const tests: TestOutcome[] = [];
const unitFiles = filesOf(unitTests);
if (unitFiles.length > 0) {
  tests.push(...(await runVitest({ files: unitFiles, namePattern })).tests);
}
const endToEndFiles = filesOf(endToEndTests);
if (endToEndFiles.length > 0) {
  await ensureBuilt();
  tests.push(...(await runPlaywright({ files: endToEndFiles, namePattern })).tests);
}

const lines = resultLines(asked, built, tests);
console.log(`\n${lines.map((line) => line.text).join('\n')}`);
process.exitCode = lines.every((line) => line.outcome === 'passed') ? 0 : 1;
