import { createInterface } from 'node:readline/promises';
import { resolve } from 'node:path';
import type { Finding, FirstAidDeed, ReportSection } from '../contract/first-aid.ts';
import { reportText } from '../core/report-text.ts';
import { MillpondError } from '../core/error.ts';
import { attach } from './connection.ts';
import { exitCodes } from './exit-code.ts';
import type { VerbContext } from './verb.ts';

export interface DoctorOptions {
  /** Mends what can be mended, after asking. */
  readonly fix?: boolean;
  /** Where the report is written to. */
  readonly report?: string;
  /** Does not ask. */
  readonly yes?: boolean;
}

/** The runtime that can be asked, or this very process. */
interface Aid {
  readonly isOffline: boolean;
  examine(): Promise<readonly Finding[]>;
  mend(deed: FirstAidDeed, subject: string | undefined): Promise<void>;
  report(): Promise<readonly ReportSection[]>;
}

const words = { ok: 'ok', warning: 'look', problem: 'PROBLEM' } as const;

/** Looks for what is wrong and says what to do about each of it; works also where Millpond cannot start. */
export async function doctor(context: VerbContext, options: DoctorOptions): Promise<void> {
  const { output } = context;
  const aid = await aidFor(context);
  if (aid.isOffline) output.remark('Millpond does not run; looking from here.');
  if (options.report !== undefined) {
    await writeReport(context, aid, options.report, options);
    return;
  }
  let findings = await aid.examine();
  if (options.fix) {
    await mendAll(context, aid, findings, options);
    findings = await aid.examine();
  }
  print(context, findings, aid.isOffline);
  if (findings.some(({ outcome }) => outcome === 'problem')) {
    process.exitCode = exitCodes.failure;
  }
}

async function aidFor({ deps }: VerbContext): Promise<Aid> {
  const signal = deps.interrupted;
  const connection = await attach(deps);
  if (connection === undefined) {
    return {
      isOffline: true,
      examine: () => deps.firstAid.examine(signal),
      mend: (deed, subject) => deps.firstAid.mend(deed, subject, signal),
      report: () => deps.firstAid.report(signal),
    };
  }
  const { firstAid } = connection.client;
  return {
    isOffline: false,
    examine: async () => (await firstAid.examine({}, { signal })).findings,
    async mend(deed, subject) {
      await firstAid.mend({ deed, ...(subject !== undefined && { subject }) }, { signal });
    },
    report: async () => (await firstAid.report({}, { signal })).sections,
  };
}

function print({ output }: VerbContext, findings: readonly Finding[], isOffline: boolean): void {
  if (output.isJson) {
    output.json({ findings, isRunning: !isOffline });
    return;
  }
  for (const finding of findings) {
    output.line(`${words[finding.outcome].padEnd(8)} ${finding.sentence}`);
    const advice = adviceFor(finding);
    if (advice !== undefined) output.line(`${''.padEnd(8)} → ${advice}`);
  }
}

function adviceFor({ fix }: Finding): string | undefined {
  switch (fix?.kind) {
    case undefined:
      return undefined;
    case 'command':
      return fix.command;
    case 'navigate':
      return `in the window: ${fix.path}`;
    case 'call':
      return fix.deed === 'start-safely' ? 'millpond serve --safe' : 'millpond doctor --fix';
  }
}

/** What a person may do without a second thought, one question each. */
async function mendAll(
  context: VerbContext,
  aid: Aid,
  findings: readonly Finding[],
  options: DoctorOptions,
): Promise<void> {
  const { output } = context;
  for (const { sentence, fix, subject } of findings) {
    if (fix?.kind !== 'call' || fix.deed === 'start-safely') continue;
    if (!(await isWanted(context, `${sentence}\n${deeds[fix.deed]}?`, options))) continue;
    try {
      await aid.mend(fix.deed, subject);
      output.remark('Done.');
    } catch (error) {
      output.failure(MillpondError.from(error).message);
    }
  }
}

const deeds: Readonly<Record<FirstAidDeed, string>> = {
  'choose-free-port': 'Let Millpond answer on another port, which is free',
  'choose-free-pool-port': 'Open the pool on another port, which is free',
  'make-writable': 'Give yourself the right to write there',
  'recover-database': 'Set the database aside and bring over what can be read',
  'shrink-database': 'Write the changes into the database',
  'repair-model': 'Look through the file and fetch again what is damaged',
  'remove-leftovers': 'Take that away',
  'retry-provider': 'Ask it again now',
  'start-safely': 'Start in safe mode',
};

async function writeReport(
  context: VerbContext,
  aid: Aid,
  file: string,
  options: DoctorOptions,
): Promise<void> {
  const { deps, output } = context;
  const text = reportText(await aid.report());
  const path = resolve(file);
  if (!output.isJson) output.line(text);
  if (!(await isWanted(context, `Save this as ${path}?`, options))) return;
  if ((await deps.files.read(path)) !== undefined) {
    throw new MillpondError('conflict', `${path} exists; choose another name for the report`);
  }
  await deps.files.write(path, text);
  if (output.isJson) output.json({ report: path });
  else output.remark(`Saved as ${path}. It was sent nowhere.`);
}

/** Asks on standard error, so that what is printed stays what it is. Nobody there means no. */
async function isWanted(
  { deps, output }: VerbContext,
  question: string,
  { yes = false }: DoctorOptions,
): Promise<boolean> {
  if (yes) return true;
  if (!deps.stdin.isTTY) {
    output.remark(`${question} Nobody is there to answer; --yes says yes.`);
    return false;
  }
  const asking = createInterface({ input: deps.stdin, output: deps.stderr });
  try {
    const answer = await asking.question(`${question} [y/N] `, { signal: deps.interrupted });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}
