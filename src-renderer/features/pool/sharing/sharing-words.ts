import type { RuleName, RuleReading, SharingRules, SharingStatus } from '../../../api.ts';
import type { Format } from '../../../i18n/format.ts';
import type { Tone } from '../../../ui/StateBadge.tsx';

/** A sentence: its key in the words of the window, and what fills its gaps. */
export interface Words {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** The one to tell first: what needs the card now stands before what can wait. */
const tellingOrder: readonly RuleName[] = [
  ...(['gpuFree', 'notFullScreen', 'notWhileRunning', 'gpuHeadroom', 'cool'] as const),
  ...(['away', 'mains', 'hours'] as const),
];

/** Rules that hold sharing back now, the one to tell first. */
export function firedReadings(status: Pick<SharingStatus, 'readings'>): readonly RuleReading[] {
  return status.readings
    .filter(({ verdict }) => verdict === 'fired')
    .toSorted((a, b) => tellingOrder.indexOf(a.rule) - tellingOrder.indexOf(b.rule));
}

/** The figure or name that a rule sees. */
export function readingWords(reading: RuleReading, format: Format): Words {
  const { rule, verdict, program, percent, minutes, celsius, bytes } = reading;
  if (verdict === 'off' || verdict === 'unknown') return words(`sharing.now.${verdict}`);
  const sees = (name: string, values: Words['values'] = {}) => words(`sharing.now.${name}`, values);
  switch (rule) {
    case 'gpuFree': {
      if (percent === undefined) return sees('gpuFree');
      const share = format.percent(percent / 100);
      return program === undefined || verdict === 'met'
        ? sees('percent', { share })
        : sees('programPercent', { program, share });
    }
    case 'notFullScreen':
      return verdict === 'met'
        ? sees('noFullScreen')
        : sees('fullScreen', { program: program ?? '' });
    case 'notWhileRunning':
      return verdict === 'met' ? sees('noProgram') : sees('program', { program: program ?? '' });
    case 'away':
      return minutes === undefined || minutes < 1 ? sees('here') : sees('awayFor', { minutes });
    case 'mains':
      return sees(verdict === 'met' ? 'mains' : 'battery');
    case 'cool':
      return sees('celsius', { celsius: format.count(celsius) });
    case 'hours':
      return sees(verdict === 'met' ? 'inHours' : 'outOfHours');
    case 'gpuHeadroom':
      return sees('free', { size: format.memory(bytes) });
  }
}

export function readingTone({ verdict }: RuleReading): Tone {
  return ({ met: 'ok', fired: 'slow', off: 'rest', unknown: 'rest' } as const)[verdict];
}

/** Why a rule holds sharing back, as the page's largest sentence. */
export function firedWords(reading: RuleReading, format: Format): Words {
  const { rule, program, celsius, bytes } = reading;
  const named = program === undefined || program === '' ? 'other' : 'named';
  const key = `sharing.why.${rule}`;
  switch (rule) {
    case 'gpuFree':
    case 'notFullScreen':
    case 'notWhileRunning':
      return words(`${key}.${named}`, { program: program ?? '' });
    case 'cool':
      return words(key, { celsius: format.count(celsius) });
    case 'gpuHeadroom':
      return words(key, { size: format.memory(bytes) });
    case 'away':
    case 'mains':
    case 'hours':
      return words(key);
  }
}

/** What has to happen before this rule lets go. */
export function againWords(
  { rule, program, untilAt }: RuleReading,
  rules: SharingRules,
  format: Format,
  now: number,
): Words {
  if (untilAt !== undefined && untilAt > now) {
    return words('sharing.again.at', { time: format.until(untilAt, now) });
  }
  const named = program === undefined || program === '' ? 'other' : 'named';
  const key = `sharing.again.${rule}`;
  switch (rule) {
    case 'gpuFree':
    case 'notFullScreen':
    case 'notWhileRunning':
      return words(`${key}.${named}`, { program: program ?? '' });
    case 'cool':
      return words(key, { celsius: format.count(rules.cool.againCelsius) });
    case 'away':
      return words(key, { minutes: rules.away.minutes });
    case 'gpuHeadroom':
      return words(key, { size: format.memory(rules.gpuHeadroom.bytes) });
    case 'mains':
    case 'hours':
      return words(key);
  }
}

/** The head of the page: the state in a sentence, and what ends it. */
export interface SharingHead {
  readonly title: Words;
  readonly detail: Words;
}

/** Says why this machine works for others or not, and the way back. */
export function sharingHead(status: SharingStatus, format: Format, now: number): SharingHead {
  const { state, answersRunning: count, isOwnerActive } = status;
  if (state.phase === 'sharing') {
    return {
      title: words(count === 0 ? 'sharing.head.idle' : 'sharing.head.giving', { count }),
      detail: words(isOwnerActive ? 'sharing.head.ownerFirst' : 'sharing.head.ownerWould'),
    };
  }
  const first = state.cause === 'rule' ? firedReadings(status)[0] : undefined;
  const title =
    state.phase === 'finishing'
      ? words('sharing.head.finishing', { count })
      : ((first && firedWords(first, format)) ?? pausedWords(status));
  return { title, detail: wayBack(status, first, format, now) };
}

function pausedWords({ state, wish }: SharingStatus): Words {
  if (state.cause === 'rule') return words('sharing.head.reason', { reason: state.reason });
  return words(wish === 'finish' ? 'sharing.head.finished' : 'sharing.head.byHand');
}

function wayBack(
  { state, rules }: SharingStatus,
  first: RuleReading | undefined,
  format: Format,
  now: number,
): Words {
  if (state.until !== undefined && state.until > now) {
    return words('sharing.again.at', { time: format.until(state.until, now) });
  }
  if (first !== undefined) return againWords(first, rules, format, now);
  return words(state.cause === 'rule' ? 'sharing.again.rule' : 'sharing.again.hand');
}

function words(key: string, values: Words['values'] = {}): Words {
  return { key, values };
}
