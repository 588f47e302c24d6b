import { runTool, seconds } from './run-program.ts';
import { checkProtocol } from './tunnel-protocol.ts';

/** A tool and how it is asked: the package that brings it, and the command when that has another name. */
interface ToolCheck {
  readonly name: string;
  readonly tool: string;
  readonly bin?: string;
  readonly args: readonly string[];
}

/** A check of our own. What it says is printed even when it passes. */
interface OwnCheck {
  readonly name: string;
  readonly run: () => Promise<{ readonly passed: boolean; readonly output: string }>;
}

type Check = ToolCheck | OwnCheck;

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
  { name: 'protocol', run: () => checkProtocol() },
];

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
}

const atOnce = 2;

async function runCheck(check: Check): Promise<CheckResult> {
  const { name } = check;
  const startedAt = performance.now();
  const { passed, output } = 'run' in check ? await check.run() : await askTool(check);
  const took = seconds(performance.now() - startedAt);
  console.log(`${passed ? '✓' : '✗'} ${name.padEnd(12)} ${took}`);
  if (output !== '') console.log(output.trimEnd());
  return { name, passed };
}

/** What tools say while all is well is not worth a line. */
async function askTool({ tool, bin, args }: ToolCheck) {
  const { code, output } = await runTool(tool, args, {
    output: 'collect',
    ...(bin !== undefined && { bin }),
  });
  return code === 0 ? { passed: true, output: '' } : { passed: false, output };
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
