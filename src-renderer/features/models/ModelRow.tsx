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
import { QuantizationTag } from './QuantizationTag.tsx';

export interface ModelRowProps {
  readonly model: InstalledModel;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

/** One file. Enter opens its options, L loads or unloads it. */
export function ModelRow({ model, isOpen, onOpen }: ModelRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { error, run } = useDeed();
  const loaded = isLoaded(model);
  const canToggle = loaded || model.problem === undefined;
  const trouble = model.problem ?? error?.message;

  async function toggle(): Promise<void> {
    if (!canToggle) return;
    const isDone = await run(() => (loaded ? unloadModel(model.id) : loadModel(model.id)));
    if (isDone && loaded) showToast(t('models.unloaded', { name: model.name }));
  }

  return (
    <tr className={styles['row']} data-open={isOpen || undefined}>
      <Cell className={styles['name']}>
        <NameButton model={model} isOpen={isOpen} onOpen={onOpen} onToggle={() => void toggle()} />
        <span data-narrow className={styles['second']}>
          <StateOf model={model} />
          <span>{format.bytes(model.sizeBytes)}</span>
        </span>
        {trouble !== undefined && <p className={styles['problem']}>{trouble}</p>}
      </Cell>
      <Cell isFigure data-wide>
        {format.bytes(model.sizeBytes)}
      </Cell>
      <Cell isFigure data-wide>
        {format.count(model.trainedContextLength)}
      </Cell>
      <Cell data-wide data-spare className={styles['source']}>
        {t(`models.source.${model.source}`)}
      </Cell>
      <Cell data-wide>
        <StateOf model={model} />
      </Cell>
      <Cell className={styles['actions']}>
        <span>
          {canToggle && <ToggleButton model={model} onToggle={() => void toggle()} />}
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

interface NameButtonProps extends ModelRowProps {
  readonly onToggle: () => void;
}

function NameButton({ model, isOpen, onOpen, onToggle }: NameButtonProps) {
  return (
    <>
      <button
        type="button"
        data-row-focus
        className={styles['open']}
        aria-expanded={isOpen}
        onClick={onOpen}
        onKeyDown={(event) => {
          const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
          if (isPlain && event.key.toLowerCase() === 'l') onToggle();
        }}
      >
        {model.name}
      </button>
      <QuantizationTag model={model} className={styles['quantization']} />
    </>
  );
}

interface ToggleButtonProps {
  readonly model: InstalledModel;
  readonly onToggle: () => void;
}

function ToggleButton({ model, onToggle }: ToggleButtonProps) {
  const { t } = useTranslation();
  const loaded = isLoaded(model);
  return (
    <Button
      size="row"
      aria-label={t(loaded ? 'models.unloadName' : 'models.loadName', { name: model.name })}
      onClick={onToggle}
    >
      {loaded ? t('models.unload') : t('models.load')}
    </Button>
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
