import { SlidersHorizontal } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { sentence } from '../../i18n/sentence.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { isMac } from '../../ui/shortcut-keys.ts';
import { Cell } from '../../ui/Table.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { KeptBy } from './KeptBy.tsx';
import {
  canDelete,
  isLoaded,
  isOurs,
  loadModel,
  repairModel,
  unloadModel,
  verifyModel,
} from './model-deeds.ts';
import { ModelCheck } from './ModelCheck.tsx';
import { ModelMenu } from './ModelMenu.tsx';
import styles from './ModelRow.module.css';
import { ModelStateCell } from './ModelStateCell.tsx';
import { QuantizationTag } from './QuantizationTag.tsx';
import { lastUseOf } from './sort-models.ts';

export interface ModelRowProps {
  readonly model: InstalledModel;
  readonly isOpen: boolean;
  readonly now: number;
  readonly onOpen: (model: InstalledModel, part?: 'file') => void;
  readonly onDelete: (model: InstalledModel) => void;
}

/** One model. Enter opens its options, L loads or unloads it, Delete deletes it. */
export const ModelRow = memo(function ModelRow(props: ModelRowProps) {
  const { model, isOpen, now } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const { canToggle, trouble, ...deeds } = useRowDeeds(props);
  return (
    <tr className={styles['row']} data-open={isOpen || undefined}>
      <Cell className={styles['name']}>
        <NameButton model={model} isOpen={isOpen} {...deeds} />
        <span data-narrow className={styles['second']}>
          {model.sizeBytes !== undefined && <span>{format.bytes(model.sizeBytes)}</span>}
          <ModelStateCell model={model} />
        </span>
        {trouble !== undefined && <p className={styles['problem']}>{sentence(trouble)}</p>}
        {model.check && (
          <ModelCheck name={model.name} check={model.check} onRepair={deeds.onRepair} />
        )}
      </Cell>
      <Cell isFigure data-wide>
        {format.bytes(model.sizeBytes)}
      </Cell>
      <Cell isFigure data-wide>
        {format.count(model.trainedContextLength)}
      </Cell>
      <Cell data-wide data-spare>
        <KeptBy model={model} />
      </Cell>
      <Cell data-wide data-spare className={styles['used']}>
        <LastUsed model={model} now={now} />
      </Cell>
      <Cell data-wide>
        <ModelStateCell model={model} />
      </Cell>
      <Cell className={styles['actions']}>
        <span>
          {canToggle && <ToggleButton model={model} onToggle={deeds.onToggle} />}
          {isOurs(model) && (
            <span data-wide className={styles['options']}>
              <IconButton
                size="row"
                icon={SlidersHorizontal}
                label={t('models.optionsOf', { name: model.name })}
                aria-expanded={isOpen}
                onClick={deeds.onOpen}
              />
            </span>
          )}
          <ModelMenu model={model} canToggle={canToggle} {...deeds} />
        </span>
      </Cell>
    </tr>
  );
});

function useRowDeeds({ model, onOpen, onDelete }: ModelRowProps) {
  const { t } = useTranslation();
  const { error, run } = useDeed();
  const loaded = isLoaded(model);
  const canToggle = isOurs(model) && (loaded || model.problem === undefined);

  async function toggle(): Promise<void> {
    if (!canToggle) return;
    const isDone = await run(() => (loaded ? unloadModel(model.id) : loadModel(model.id)));
    if (isDone && loaded) showToast(t('models.unloaded', { name: model.name }));
  }

  return {
    canToggle,
    trouble: model.problem ?? error?.message,
    onToggle: () => void toggle(),
    onVerify: () => void run(() => verifyModel(model.id)),
    onRepair: () => void run(() => repairModel(model.id)),
    onOpen: () => {
      onOpen(model);
    },
    onShowFile: () => {
      onOpen(model, 'file');
    },
    onDelete: () => {
      onDelete(model);
    },
  };
}

function LastUsed({ model, now }: { readonly model: InstalledModel; readonly now: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if ((model.loaded?.busySlots ?? 0) > 0) return t('models.usedNow');
  const at = lastUseOf(model);
  return at === undefined ? '–' : format.ago(at, now);
}

interface NameButtonProps {
  readonly model: InstalledModel;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onToggle: () => void;
  readonly onDelete: () => void;
}

function NameButton({ model, isOpen, onOpen, onToggle, onDelete }: NameButtonProps) {
  return (
    <>
      <button
        type="button"
        data-row-focus
        data-model={model.id}
        className={styles['open']}
        aria-expanded={isOpen}
        aria-keyshortcuts="L Delete"
        onClick={onOpen}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (event.key.toLowerCase() === 'l') onToggle();
          if (isDeleteKey(event.key) && canDelete(model)) onDelete();
        }}
      >
        {model.name}
      </button>
      <QuantizationTag model={model} className={styles['quantization']} />
    </>
  );
}

/** What a Mac's keyboard calls Delete is Backspace to the page. */
function isDeleteKey(key: string): boolean {
  return key === 'Delete' || (isMac && key === 'Backspace');
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
