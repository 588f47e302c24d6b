import { ensureBuilt } from './support/build-state.ts';
import { runPlaywright } from './support/test-runs.ts';

await ensureBuilt();
const { passed } = await runPlaywright({}, process.argv.slice(2));
process.exitCode = passed ? 0 : 1;
