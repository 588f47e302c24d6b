import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { modelTones } from '../../state/model-words.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useSettings } from '../../state/settings.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Note } from '../../ui/Note.tsx';
import { StateBadge } from '../../ui/StateBadge.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { LoadingProgress } from './LoadingProgress.tsx';
import { MemoryPair } from './MemoryPair.tsx';
import { loadModel, unloadModel, unloadModelNow } from './model-deeds.ts';
import { QuantizationTag } from './QuantizationTag.tsx';
import { SlotsLine } from './SlotsLine.tsx';
import { SpeedPair } from './SpeedPair.tsx';
import styles from './LoadedModelCard.module.css';

export interface LoadedModelCardProps {
  readonly model: InstalledModel;
}

/** One engine: its state, its memory, its places, and the way out. */
export function LoadedModelCard({ model }: LoadedModelCardProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const { state } = model;
  return (
    <li className={styles['card']} aria-busy={state.phase === 'loading'}>
      <header className={styles['head']}>
        <h3>{model.name}</h3>
        <QuantizationTag model={model} />
        <StateBadge tone={modelTones[state.phase]} isBoxed>
          {t(`common.modelState.${state.phase}`)}
        </StateBadge>
        <span className={styles['end']}>
          {state.phase === 'ready' && <IdleHint />}
          <StateDeed model={model} run={(work) => void deed.run(work)} isBusy={deed.isBusy} />
        </span>
      </header>
      {state.phase === 'loading' && <LoadingProgress state={state} name={model.name} />}
      {state.phase === 'draining' && (
        <p className={styles['quiet']}>{t('models.draining', { count: state.remaining })}</p>
      )}
      {state.phase === 'failed' && <Note tone="fail" title={sentence(state.reason)} />}
      {state.phase === 'ready' && state.notice !== undefined && (
        <Note tone="slow" title={sentence(state.notice)} />
      )}
      {model.loaded && (
        <>
          <div className={styles['figures']}>
            <MemoryPair
              predictedBytes={model.loaded.predictedBytes}
              measuredBytes={model.loaded.measuredBytes}
              isLearned={model.loaded.isLearned === true}
            />
            <SpeedPair
              predicted={model.loaded.predictedTokensPerSecond}
              measured={model.loaded.measuredTokensPerSecond}
            />
          </div>
          <SlotsLine loaded={model.loaded} />
        </>
      )}
      {deed.error && <ErrorNote error={deed.error} />}
    </li>
  );
}

interface StateDeedProps {
  readonly model: InstalledModel;
  readonly run: (work: () => Promise<void>) => void;
  readonly isBusy: boolean;
}

/** What can be done in this state, as one button. */
function StateDeed({ model, run, isBusy }: StateDeedProps) {
  const { t } = useTranslation();
  const { id, state } = model;
  switch (state.phase) {
    case 'loading':
      return (
        <Button
          onClick={() => {
            run(() => unloadModelNow(id));
          }}
        >
          {t('common.cancel')}
        </Button>
      );
    case 'ready':
      return (
        <Button
          busyLabel={isBusy ? t('models.unloading') : undefined}
          onClick={() => {
            run(() => unloadModel(id));
          }}
        >
          {t('models.unload')}
        </Button>
      );
    case 'draining':
      return (
        <Button
          variant="danger"
          onClick={() => {
            run(() => unloadModelNow(id));
          }}
        >
          {t('models.unloadNow')}
        </Button>
      );
    case 'failed':
    case 'installed':
      return (
        <Button
          busyLabel={isBusy ? t('common.modelState.loading') : undefined}
          onClick={() => {
            run(() => loadModel(id));
          }}
        >
          {t('models.loadAgain')}
        </Button>
      );
  }
}

function IdleHint() {
  const { t } = useTranslation();
  const minutes = useSettings(({ settings }) => settings?.idleUnloadMinutes);
  if (minutes === undefined) return null;
  return (
    <span className={styles['quiet']}>
      {minutes === 0 ? t('models.staysLoaded') : t('models.idleUnload', { count: minutes })}
    </span>
  );
}
