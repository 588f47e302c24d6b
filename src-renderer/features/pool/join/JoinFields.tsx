import { useTranslation } from 'react-i18next';
import { Note } from '../../../ui/Note.tsx';
import { NameFields } from './NameFields.tsx';
import { ShareSwitch } from './ShareSwitch.tsx';
import type { Names } from './use-names.ts';

export interface JoinFieldsProps {
  readonly names: Names;
  /** Offer this machine at once; undefined where the invite does not let it serve. */
  readonly share: boolean | undefined;
  readonly onNames: (names: Names) => void;
  readonly onShare: (share: boolean) => void;
}

/** What the person decides about joining: two names, and whether this machine helps. */
export function JoinFields({ names, share, onNames, onShare }: JoinFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <NameFields names={names} onChange={onNames} />
      {share !== undefined && <ShareSwitch checked={share} onChange={onShare} />}
      <Note tone="quiet" title={t('join.readersTitle')}>
        {t('join.readersText')}
      </Note>
    </>
  );
}
