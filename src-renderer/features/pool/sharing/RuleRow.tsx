import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleName, RuleReading, SharingRules } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { RuleLimit } from './RuleLimit.tsx';
import styles from './RulesSection.module.css';
import { readingTone, readingWords } from './sharing-words.ts';

export interface RuleRowProps {
  readonly name: RuleName;
  readonly rules: SharingRules;
  /** Absent before the first look. */
  readonly reading: RuleReading | undefined;
  readonly onChange: (rules: Partial<SharingRules>) => void;
}

/** One rule: on or off, its limit, and what it sees now. */
export function RuleRow({ name, rules, reading, onChange }: RuleRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const seen = reading && readingWords(reading, format);
  return (
    <li className={styles['row']}>
      <Switch
        id={id}
        checked={rules[name].isOn}
        aria-describedby={`${id}-now`}
        onChange={(isOn) => {
          onChange({ [name]: { ...rules[name], isOn } });
        }}
      />
      <span className={styles['rule']}>
        <label htmlFor={id}>{t(`sharing.rule.${name}`)}</label>
        {rules[name].isOn && (
          <span className={styles['limit']}>
            <RuleLimit name={name} rules={rules} onChange={onChange} />
          </span>
        )}
      </span>
      <span id={`${id}-now`} className={styles['now']}>
        {reading && seen && (
          <StateBadge tone={readingTone(reading)}>{t(seen.key, seen.values)}</StateBadge>
        )}
        {reading?.verdict === 'unknown' && reading.problem !== undefined && (
          <span className={styles['problem']}>{reading.problem}</span>
        )}
      </span>
    </li>
  );
}
