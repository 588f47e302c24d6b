import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Meter } from '../../../ui/Meter.tsx';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import styles from './ContextLevel.module.css';
import type { ContextUse } from './context-use.ts';

export interface ContextLevelProps {
  readonly use: ContextUse;
}

/** How full the model's memory of this chat is, with the sill where answers start to be cut. */
export function ContextLevel({ use }: ContextLevelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const figures = {
    used: format.count(use.total),
    limit: format.count(use.limit),
    sill: format.count(use.sill),
  };
  return (
    <Tooltip text={t('chat.context.explained', figures)} side="top">
      <span className={styles['level']}>
        <span className={styles['figures']} aria-hidden>
          {t('chat.context.short', figures)}
        </span>
        <Meter
          height="thin"
          className={styles['meter']}
          label={t('chat.context.label')}
          valueText={t('chat.context.explained', figures)}
          value={use.total}
          max={use.limit}
          sill={use.sill}
        />
      </span>
    </Tooltip>
  );
}
