import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';

export interface ChangeButtonProps {
  /** Spoken name: what is changed, for whoever does not see the row. */
  readonly label: string;
  readonly onPress: () => void;
}

/** Opens what is written in a row, to be changed. */
export function ChangeButton({ label, onPress }: ChangeButtonProps) {
  const { t } = useTranslation();
  return (
    <Button size="row" variant="quiet" aria-label={label} onClick={onPress}>
      {t('common.change')}
    </Button>
  );
}
