import { runChecks } from './support/checks.ts';

const results = await runChecks(process.argv.slice(2));
const failed = results.filter((result) => !result.passed);
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
