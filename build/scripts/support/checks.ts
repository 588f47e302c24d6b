import { runTool, seconds } from './run-program.ts';

interface Check {
  readonly name: string;
  /** Package that brings the tool, and the command when it has another name. */
  readonly tool: string;
  readonly bin?: string;
  readonly args: readonly string[];
}

const folders = ['src-main', 'src-renderer', 'build', 'bench', 'e2e'];

/** The longest first: the others then fill the second core. */
const checks: readonly Check[] = [
  { name: 'lint', tool: 'eslint', args: ['--max-warnings', '0', '.'] },
  { name: 'types-node', tool: 'typescript', bin: 'tsc', args: ['-p', 'tsconfig.node.json'] },
  { name: 'types-web', tool: 'typescript', bin: 'tsc', args: ['-p', 'tsconfig.web.json'] },
  { name: 'types-e2e', tool: 'typescript', bin: 'tsc', args: ['-p', 'tsconfig.e2e.json'] },
  { name: 'format', tool: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'imports',
    tool: 'dependency-cruiser',
    bin: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', ...folders],
  },
  { name: 'unused', tool: 'knip', args: [] },
];

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
}

const atOnce = 2;

async function runCheck({ name, tool, bin, args }: Check): Promise<CheckResult> {
  const result = await runTool(tool, args, { output: 'collect', ...(bin ? { bin } : {}) });
  const passed = result.code === 0;
  console.log(`${passed ? '✓' : '✗'} ${name.padEnd(12)} ${seconds(result.durationMs)}`);
  if (!passed) console.log(result.output.trimEnd());
  return { name, passed };
}

/** Runs every check, or those named, two at a time; prints a line each, and the findings of what fails. */
export async function runChecks(names: readonly string[] = []): Promise<CheckResult[]> {
  const unknown = names.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    const known = checks.map((check) => check.name).join(', ');
    console.error(`There is no check "${unknown.join('", "')}"; there are: ${known}.`);
    return unknown.map((name) => ({ name, passed: false }));
  }
  const waiting = checks.filter((check) => names.length === 0 || names.includes(check.name));
  const results: CheckResult[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results.push(await runCheck(next));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
