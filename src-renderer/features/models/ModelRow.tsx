import { SlidersHorizontal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { modelTones } from '../../state/model-words.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { StateBadge } from '../../ui/StateBadge.tsx';
import { Cell } from '../../ui/Table.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { isLoaded, loadModel, unloadModel } from './model-deeds.ts';
import styles from './ModelRow.module.css';

export interface ModelRowProps {
  readonly model: InstalledModel;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

export function ModelRow({ model, isOpen, onOpen }: ModelRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const deed = useDeed();
  const loaded = isLoaded(model);
  const canLoad = !loaded && model.problem === undefined;

  async function toggle(): Promise<void> {
    const isDone = await deed.run(() => (loaded ? unloadModel(model.id) : loadModel(model.id)));
    if (isDone && loaded) showToast(t('models.unloaded', { name: model.name }));
  }

  const context = format.count(model.trainedContextLength);
  return (
    <tr className={styles['row']} data-open={isOpen || undefined}>
      <Cell className={styles['name']}>
        <button
          type="button"
          data-row-focus
          className={styles['open']}
          aria-expanded={isOpen}
          onClick={onOpen}
          onKeyDown={(event) => {
            const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
            if (event.key.toLowerCase() !== 'l' || !isPlain) return;
            if (canLoad || loaded) void toggle();
          }}
        >
          {model.name}
        </button>
        {model.quantization !== undefined && (
          <code className={styles['quantization']}>{model.quantization}</code>
        )}
        <span data-narrow className={styles['second']}>
          <StateOf model={model} />
          <span>{format.bytes(model.sizeBytes)}</span>
        </span>
        {(model.problem ?? deed.error?.message) !== undefined && (
          <p className={styles['problem']}>{model.problem ?? deed.error?.message}</p>
        )}
      </Cell>
      <Cell isFigure data-wide>
        {format.bytes(model.sizeBytes)}
      </Cell>
      <Cell isFigure data-wide>
        {context}
      </Cell>
      <Cell data-wide className={styles['source']}>
        {t(`models.source.${model.source}`)}
      </Cell>
      <Cell data-wide>
        <StateOf model={model} />
      </Cell>
      <Cell className={styles['actions']}>
        <span>
          {(canLoad || loaded) && (
            <Button
              size="row"
              aria-label={t(loaded ? 'models.unloadName' : 'models.loadName', { name: model.name })}
              onClick={() => void toggle()}
            >
              {loaded ? t('models.unload') : t('models.load')}
            </Button>
          )}
          <IconButton
            size="row"
            icon={SlidersHorizontal}
            label={t('models.optionsOf', { name: model.name })}
            aria-expanded={isOpen}
            onClick={onOpen}
          />
        </span>
      </Cell>
    </tr>
  );
}

function StateOf({ model }: { readonly model: InstalledModel }) {
  const { t } = useTranslation();
  if (model.problem !== undefined) {
    return <StateBadge tone="fail">{t('models.unusable')}</StateBadge>;
  }
  const { phase } = model.state;
  return <StateBadge tone={modelTones[phase]}>{t(`common.modelState.${phase}`)}</StateBadge>;
}
