import { Lock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format.ts';
import { useMe } from '../state/me.ts';
import { useMachine } from '../state/machine.ts';
import { leadingModel, memoryTaken, modelTones } from '../state/model-words.ts';
import { useModels } from '../state/models.ts';
import { useSettings } from '../state/settings.ts';
import { Icon } from '../ui/Icon.tsx';
import { Link } from '../ui/Link.tsx';
import { Meter } from '../ui/Meter.tsx';
import { StateBadge } from '../ui/StateBadge.tsx';
import { RailAccount } from './RailAccount.tsx';
import { RailDownloads } from './RailDownloads.tsx';
import { RailPool } from './RailPool.tsx';
import styles from './RailFoot.module.css';

/** What this machine does: its model, the memory that models take, and who can read along. */
export function RailFoot() {
  const isOwner = useMe(({ me }) => me === undefined || me.role === 'owner');
  if (!isOwner) {
    return (
      <div className={styles['foot']}>
        <RailAccount />
      </div>
    );
  }
  return <MachineFoot />;
}

function MachineFoot() {
  const { t } = useTranslation();
  const format = useFormat();
  const model = useModels(({ models }) => leadingModel(models ?? []));
  const taken = useModels(({ models }) => memoryTaken(models ?? []));
  const machine = useMachine(({ system }) => system?.machine);
  const isLocalOnly = useSettings(({ settings }) => settings?.localOnly === true);
  if (machine === undefined) return null;
  const used = format.memory(taken);
  const total = format.memory(machine.totalMemoryBytes);
  const limit = format.memory(machine.memoryBudgetBytes);
  return (
    <section aria-label={t('frame.thisMachine')} className={styles['foot']}>
      <Link to={{ page: 'models' }} className={styles['machine']}>
        <span className={styles['title']}>{t('frame.thisMachine')}</span>
        <span className={styles['model']}>
          <b>{model?.name ?? t('frame.noModel')}</b>
          {model !== undefined && (
            <StateBadge tone={modelTones[model.state.phase]}>
              {t(`common.modelState.${model.state.phase}`)}
            </StateBadge>
          )}
        </span>
        <span className={styles['memory']}>{t('frame.memory', { used, total })}</span>
      </Link>
      <Meter
        label={t('frame.memoryLabel')}
        valueText={t('frame.memoryLimit', { used, total, limit })}
        value={taken}
        max={machine.totalMemoryBytes}
        sill={machine.memoryBudgetBytes}
        height="thin"
        className={styles['meter']}
      />
      <RailDownloads />
      {isLocalOnly ? (
        <p className={styles['local']}>
          <Icon of={Lock} size={14} />
          {t('frame.localOnly')}
        </p>
      ) : (
        <RailPool />
      )}
      <RailAccount />
    </section>
  );
}
