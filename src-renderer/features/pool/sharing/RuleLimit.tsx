import { useTranslation } from 'react-i18next';
import type { RuleName, SharingRules } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { NumberInput } from './NumberInput.tsx';
import { ProgramsInput } from './ProgramsInput.tsx';

export interface RuleLimitProps {
  readonly name: RuleName;
  readonly rules: SharingRules;
  readonly onChange: (rules: Partial<SharingRules>) => void;
}

const gigabyte = 2 ** 30;
const hours = Array.from({ length: 24 }, (_, hour) => hour);
/** Degrees that the card cools down before sharing begins again. */
const coolingSpan = 8;

/** Where a rule stands; nothing for a rule that is only on or off. */
export function RuleLimit({ name, rules, onChange }: RuleLimitProps) {
  const { t } = useTranslation();
  switch (name) {
    case 'gpuFree':
      return (
        <NumberInput
          label={t('sharing.limit.gpuFree')}
          unit={t('sharing.unit.percent')}
          {...{ value: rules.gpuFree.abovePercent, min: 5, max: 100 }}
          onChange={(abovePercent) => {
            onChange({ gpuFree: { ...rules.gpuFree, abovePercent } });
          }}
        />
      );
    case 'notWhileRunning':
      return (
        <ProgramsInput
          programs={rules.notWhileRunning.programs}
          onChange={(programs) => {
            onChange({ notWhileRunning: { ...rules.notWhileRunning, programs: [...programs] } });
          }}
        />
      );
    case 'away':
      return (
        <NumberInput
          label={t('sharing.limit.away')}
          unit={t('sharing.unit.minutes')}
          {...{ value: rules.away.minutes, min: 1, max: 240 }}
          onChange={(minutes) => {
            onChange({ away: { ...rules.away, minutes } });
          }}
        />
      );
    case 'cool':
      return <CoolLimit rules={rules} onChange={onChange} />;
    case 'hours':
      return <HoursLimit rules={rules} onChange={onChange} />;
    case 'gpuHeadroom':
      return (
        <NumberInput
          label={t('sharing.limit.gpuHeadroom')}
          unit={t('sharing.unit.gigabytes')}
          {...{ value: rules.gpuHeadroom.bytes / gigabyte, min: 0, max: 1024, step: 0.5 }}
          onChange={(size) => {
            onChange({ gpuHeadroom: { ...rules.gpuHeadroom, bytes: Math.round(size * gigabyte) } });
          }}
        />
      );
    case 'notFullScreen':
    case 'mains':
      return null;
  }
}

function CoolLimit({ rules, onChange }: Omit<RuleLimitProps, 'name'>) {
  const { t } = useTranslation();
  const { cool } = rules;
  return (
    <NumberInput
      label={t('sharing.limit.cool')}
      unit={t('sharing.unit.celsius', { again: cool.againCelsius })}
      {...{ value: cool.celsius, min: 40, max: 110 }}
      onChange={(celsius) => {
        onChange({ cool: { ...cool, celsius, againCelsius: celsius - coolingSpan } });
      }}
    />
  );
}

function HoursLimit({ rules, onChange }: Omit<RuleLimitProps, 'name'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const options = hours.map((hour) => ({ value: String(hour), label: format.hour(hour) }));
  const { from, to } = rules.hours;
  return (
    <>
      <Select
        aria-label={t('sharing.limit.from')}
        value={String(from)}
        options={options}
        onChange={(hour) => {
          onChange({ hours: { ...rules.hours, from: Number(hour) } });
        }}
      />
      <span aria-hidden>–</span>
      <Select
        aria-label={t('sharing.limit.to')}
        value={String(to)}
        options={options}
        onChange={(hour) => {
          onChange({ hours: { ...rules.hours, to: Number(hour) } });
        }}
      />
    </>
  );
}
