import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Finding } from '../../../api.ts';
import { navigate, parseRoute, type Route } from '../../../router.ts';
import { Button } from '../../../ui/Button.tsx';
import { CodeBlock } from '../../../ui/CodeBlock.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { sectionNames, sectionOf } from '../sections.ts';
import styles from './HelpSection.module.css';

export interface FindingRowProps {
  readonly finding: Finding;
  readonly onMended: () => void;
}

const tones: Readonly<Record<Finding['outcome'], Tone>> = {
  ok: 'ok',
  warning: 'slow',
  problem: 'fail',
};

/** What was found in one sentence, and the way out of it. */
export function FindingRow({ finding, onMended }: FindingRowProps) {
  const { t } = useTranslation();
  const { id, outcome, sentence, values } = finding;
  return (
    <li className={styles['finding']}>
      <StateBadge tone={tones[outcome]}>{t(`settings.outcome.${outcome}`)}</StateBadge>
      <div className={styles['said']}>
        <p>{t(`finding.${id}`, { ...values, defaultValue: sentence })}</p>
        <Fix finding={finding} onMended={onMended} />
      </div>
    </li>
  );
}

function Fix({ finding: { fix, subject }, onMended }: FindingRowProps) {
  const { t } = useTranslation();
  const mending = useDeed();
  switch (fix?.kind) {
    case undefined:
      return null;
    case 'command':
      return <CodeBlock title={t('first-aid.inTerminal')} code={fix.command} />;
    case 'navigate':
      return <OpenPlace route={parseRoute(fix.path)} />;
    case 'call':
      return (
        <>
          <Button
            size="row"
            busyLabel={mending.isBusy ? t('first-aid.mending') : undefined}
            onClick={() => {
              void mending
                .run(async () => {
                  const { deed } = fix;
                  await api.firstAid.mend({ deed, ...(subject !== undefined && { subject }) });
                })
                .then((isDone) => {
                  if (isDone) onMended();
                });
            }}
          >
            {t(`first-aid.deed.${fix.deed}`)}
          </Button>
          {mending.error && <ErrorNote error={mending.error} />}
        </>
      );
  }
}

/** Says where it leads, in the words that the place itself has. */
function OpenPlace({ route }: { readonly route: Route }) {
  const { t } = useTranslation();
  const section = route.page === 'settings' ? sectionOf(route.section, sectionNames) : undefined;
  const place = section ? t(`settings.section.${section}`) : t(`frame.page.${route.page}`);
  return (
    <Button
      size="row"
      onClick={() => {
        navigate(route);
      }}
    >
      {t('first-aid.open', { place })}
    </Button>
  );
}
