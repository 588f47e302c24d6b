import { formatMemory } from '../core/memory-size.ts';
import { ownerWords } from './sharing-words.ts';
import type { OwnerReadings, RuleName, SharingRules, SignalName, Told } from './ports.ts';

/** What a rule sees now, without memory of what it saw before. */
export type RuleVerdict =
  | { readonly verdict: 'met' | 'fired'; readonly reason: string; readonly detail: RuleDetail }
  | { readonly verdict: 'unknown'; readonly problem: string }
  | { readonly verdict: 'off' };

/** The figure or name behind a verdict, for the window's own words. */
export interface RuleDetail {
  readonly program?: string;
  readonly percent?: number;
  readonly minutes?: number;
  readonly celsius?: number;
  readonly bytes?: number;
  /** Epoch milliseconds at which it lets go, where that is sure. */
  readonly untilAt?: number;
}

/** Where a rule stood before, for those that let go at another point than they fire. */
export interface RuleMoment {
  readonly now: number;
  readonly hasFired: boolean;
}

/** Every rule in the order in which its reason is told: what bothers most comes first. */
export const ruleNames: readonly RuleName[] = [
  'gpuFree',
  'notFullScreen',
  'notWhileRunning',
  'gpuHeadroom',
  'cool',
  'away',
  'mains',
  'hours',
];

/** What must be read so that these rules can be judged. */
export function signalsFor(rules: SharingRules): ReadonlySet<SignalName> {
  const needs: Readonly<Record<RuleName, SignalName | undefined>> = {
    gpuFree: 'gpuUse',
    notFullScreen: 'fullScreen',
    notWhileRunning: 'programs',
    gpuHeadroom: 'gpuFree',
    cool: 'celsius',
    away: 'idle',
    mains: 'mains',
    hours: undefined,
  };
  return new Set(ruleNames.filter((name) => rules[name].isOn).flatMap((name) => needs[name] ?? []));
}

/** Judges one rule from what the machine tells. */
export function judgeRule(
  name: RuleName,
  rules: SharingRules,
  readings: OwnerReadings,
  moment: RuleMoment,
): RuleVerdict {
  if (!rules[name].isOn) return { verdict: 'off' };
  switch (name) {
    case 'gpuFree':
      return told(readings.gpuUse, ({ percent, gpu, program }) => ({
        fired: percent > rules.gpuFree.abovePercent,
        reason: `${program ?? 'another program'} uses GPU ${String(gpu)}`,
        detail: { percent: Math.round(percent), ...(program !== undefined && { program }) },
      }));
    case 'notFullScreen':
      return told(readings.fullScreen, ({ isOn, program }) => ({
        fired: isOn,
        reason: `${program ?? 'a program'} runs full screen`,
        detail: { ...(program !== undefined && { program }) },
      }));
    case 'notWhileRunning':
      return told(readings.programs, (running) => runningProgram(rules, running));
    case 'gpuHeadroom':
      return told(readings.gpuFree, (bytes) => ({
        fired: bytes < rules.gpuHeadroom.bytes,
        reason: `only ${formatMemory(bytes)} of graphics memory are free`,
        detail: { bytes },
      }));
    case 'cool':
      return told(readings.celsius, (celsius) => ({
        fired: moment.hasFired
          ? celsius >= Math.min(rules.cool.againCelsius, rules.cool.celsius)
          : celsius > rules.cool.celsius,
        reason: `the graphics card has ${String(Math.round(celsius))} °C`,
        detail: { celsius: Math.round(celsius) },
      }));
    case 'away':
      return told(readings.idle, (idleMs) => {
        const waitMs = rules.away.minutes * 60_000;
        return {
          fired: idleMs < waitMs,
          reason: ownerWords.usesIt,
          detail: {
            minutes: Math.floor(idleMs / 60_000),
            ...(idleMs < waitMs && { untilAt: moment.now + waitMs - idleMs }),
          },
        };
      });
    case 'mains':
      return told(readings.mains, (isOnMains) => ({
        fired: !isOnMains,
        reason: 'the computer runs on its battery',
        detail: {},
      }));
    case 'hours':
      return judgeHours(rules.hours, moment.now);
  }
}

interface Judgement {
  readonly fired: boolean;
  readonly reason: string;
  readonly detail: RuleDetail;
}

function told<T>(reading: Told<T> | undefined, judge: (value: T) => Judgement): RuleVerdict {
  if (reading === undefined) return { verdict: 'unknown', problem: 'not read yet' };
  if (!reading.isKnown) return { verdict: 'unknown', problem: reading.problem };
  const { fired, reason, detail } = judge(reading.value);
  return { verdict: fired ? 'fired' : 'met', reason, detail };
}

function runningProgram(rules: SharingRules, running: ReadonlySet<string>): Judgement {
  const program = rules.notWhileRunning.programs.find((name) => running.has(executableName(name)));
  return {
    fired: program !== undefined,
    reason: `${program ?? ''} is running`,
    detail: { ...(program !== undefined && { program }) },
  };
}

/** `C:\Games\Elden.exe` and `elden` are one program. */
function executableName(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? path;
  return file.toLowerCase().replace(/\.(exe|app)$/, '');
}

/** Equal hours mean the whole day; from 18 to 8 goes over midnight. Local time. */
function judgeHours({ from, to }: SharingRules['hours'], now: number): RuleVerdict {
  const date = new Date(now);
  const hour = date.getHours();
  const isOpen = from === to || (from < to ? hour >= from && hour < to : hour >= from || hour < to);
  if (isOpen) return { verdict: 'met', reason: '', detail: {} };
  const opensAt = new Date(now);
  opensAt.setHours(from, 0, 0, 0);
  if (opensAt.getTime() <= now) opensAt.setDate(opensAt.getDate() + 1);
  return {
    verdict: 'fired',
    reason: `it is ${clockTime(date)}: sharing begins at ${clockTime(opensAt)}`,
    detail: { untilAt: opensAt.getTime() },
  };
}

function clockTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}
