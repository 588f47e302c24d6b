import type { Finding, ReportSection } from '../contract/first-aid.ts';
import type { HardwareSnapshot } from '../core/hardware.ts';
import { refilled } from './finding.ts';
import { memorySize } from './format.ts';
import { isKnownHost } from './redact.ts';

/** What a report is made of. Never prompts, answers, names of chats, keys or people. */
export interface ReportFacts {
  readonly program: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
  readonly hardware: HardwareSnapshot | undefined;
  readonly models: readonly {
    readonly id: string;
    readonly state: string;
    readonly sizeBytes: number;
  }[];
  /** Only those that are not as they come. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of the newest requests and loads that failed: when, and which code. */
  readonly errors: readonly string[];
  readonly log: readonly string[];
}

/** Settings whose very values are somebody's own. */
const privateSettings = new Set(['machineName', 'publicAddress', 'tlsCert', 'tlsKey']);

/** Every section, redacted. A section without anything in it says so. */
export function writeReport(
  facts: ReportFacts,
  redact: (text: string) => string,
): readonly ReportSection[] {
  const texts: Readonly<Record<ReportSection['id'], string>> = {
    program: listed(Object.entries(facts.program).map(([name, value]) => `${name}: ${value}`)),
    findings: listed(
      facts.findings.map(
        (finding) => `${finding.outcome} · ${finding.id} · ${impersonal(finding)}`,
      ),
    ),
    machine: machineText(facts.hardware),
    models: listed(
      facts.models.map(({ id, state, sizeBytes }) => `${id} · ${state} · ${memorySize(sizeBytes)}`),
    ),
    settings: listed(
      Object.entries(facts.settings).map(([name, value]) =>
        privateSettings.has(name) ? `${name}: (set)` : `${name}: ${JSON.stringify(value)}`,
      ),
    ),
    errors: listed(facts.errors),
    log: facts.log.length === 0 ? 'Nothing.' : ['```', ...facts.log, '```'].join('\n'),
  };
  return sectionIds.map((id) => ({ id, text: redact(texts[id]) }));
}

/** Values of findings that name a host, a pool or a provider of somebody's own. */
const privateValues = ['host', 'name', 'pool', 'provider', 'proxy'];

/** The sentence of a finding without such names, unless everybody knows them. */
function impersonal(finding: Finding): string {
  const hidden = privateValues
    .filter((name) => !isKnownHost(finding.values[name] ?? ''))
    .map((name): [string, string] => [name, `[${name}]`]);
  return refilled(finding, { ...finding.values, ...Object.fromEntries(hidden) });
}

const sectionIds = [
  ...(['program', 'findings', 'machine', 'models', 'settings', 'errors', 'log'] as const),
];

function machineText(hardware: HardwareSnapshot | undefined): string {
  if (hardware === undefined) return 'Not known.';
  const { osName, cpuModel, physicalCores, cpuFeatures, totalMemoryBytes, gpus } = hardware;
  return listed([
    `System: ${osName}`,
    `Processor: ${cpuModel}, ${physicalCores.toString()} cores, ${cpuFeatures.join(' ')}`,
    `Memory: ${memorySize(totalMemoryBytes)}`,
    ...gpus.map(({ name, memoryBytes, driver, isMissing }) =>
      [
        `Graphics: ${name}`,
        ...(memoryBytes === undefined ? [] : [memorySize(memoryBytes)]),
        ...(driver === undefined ? [] : [`driver ${driver}`]),
        ...(isMissing ? ['missing'] : []),
      ].join(', '),
    ),
  ]);
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? 'Nothing.' : lines.map((line) => `- ${line}`).join('\n');
}
