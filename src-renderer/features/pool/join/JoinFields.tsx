import { useTranslation } from 'react-i18next';
import { Note } from '../../../ui/Note.tsx';
import styles from './JoinFields.module.css';
import { NameFields } from './NameFields.tsx';
import { ShareSwitch } from './ShareSwitch.tsx';
import type { Names } from './use-names.ts';

export interface JoinFieldsProps {
  readonly formId: string;
  readonly names: Names;
  /** Offer this machine at once; undefined where the invite does not let it serve. */
  readonly share: boolean | undefined;
  readonly onNames: (names: Names) => void;
  readonly onShare: (share: boolean) => void;
  readonly onSubmit: () => void;
}

/** What the person decides about joining: two names, and whether this machine helps. */
export function JoinFields(props: JoinFieldsProps) {
  const { formId, names, share, onNames, onShare, onSubmit } = props;
  const { t } = useTranslation();
  return (
    <form
      id={formId}
      className={styles['fields']}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <NameFields names={names} onChange={onNames} />
      {share !== undefined && <ShareSwitch checked={share} onChange={onShare} />}
      <Note tone="quiet" title={t('join.readersTitle')}>
        {t('join.readersText')}
      </Note>
    </form>
  );
}
