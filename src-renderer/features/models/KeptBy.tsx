import { Link2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Tooltip } from '../../ui/Tooltip.tsx';
import styles from './KeptBy.module.css';
import { keeperOf } from './sort-models.ts';
import { storeNames } from './store-names.ts';

export interface KeptByProps {
  readonly model: InstalledModel;
}

/** Whose file it is, and how many other programs use the very same one. */
export function KeptBy({ model }: KeptByProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const others = model.usedBy.filter((kind) => kind !== model.store);
  const names = t('models.alsoUsedBy', { names: storeNames(others, format.locale) });
  return (
    <span className={styles['kept']}>
      {keeperOf(model) ?? t('models.keptByMillpond')}
      {others.length > 0 && (
        <Tooltip text={names}>
          <button type="button" className={styles['others']} aria-label={names}>
            <Icon of={Link2} size={14} />
            {others.length}
          </button>
        </Tooltip>
      )}
    </span>
  );
}
