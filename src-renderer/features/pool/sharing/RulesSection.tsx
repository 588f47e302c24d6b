import { useTranslation } from 'react-i18next';
import type { RuleName, SharingRules, SharingStatus } from '../../../api.ts';
import { updateSharing } from '../../../state/sharing.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { RuleRow } from './RuleRow.tsx';
import styles from './RulesSection.module.css';

export interface RulesSectionProps {
  readonly sharing: SharingStatus;
}

const ruleNames: readonly RuleName[] = [
  ...(['gpuFree', 'notFullScreen', 'notWhileRunning', 'away'] as const),
  ...(['mains', 'cool', 'hours', 'gpuHeadroom'] as const),
];

/** When this machine works for others: each rule beside what it sees now. */
export function RulesSection({ sharing }: RulesSectionProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const change = (rules: Partial<SharingRules>) => void deed.run(() => updateSharing({ rules }));
  return (
    <PageSection title={t('sharing.rules')} aside={t('sharing.rulesAside')}>
      <ul className={styles['rules']}>
        {ruleNames.map((name) => (
          <RuleRow
            key={name}
            name={name}
            rules={sharing.rules}
            reading={sharing.readings.find(({ rule }) => rule === name)}
            onChange={change}
          />
        ))}
      </ul>
      {deed.error && <ErrorNote error={deed.error} title={t('sharing.notKept')} />}
    </PageSection>
  );
}
