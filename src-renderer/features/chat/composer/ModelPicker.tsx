import { ChevronDown } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { Popover } from '../../../ui/Popover.tsx';
import { toneIcons } from '../../../ui/StateBadge.tsx';
import { useShortcut } from '../../../state/shortcuts.ts';
import { useLayout } from '../state/layout.ts';
import type { InstalledModel } from '../types.ts';
import { ModelList } from './ModelList.tsx';
import { toneOf, useStateWord } from './model-words.ts';
import styles from './ModelPicker.module.css';

export interface ModelPickerProps {
  readonly model: InstalledModel | undefined;
  readonly onChoose: (model: InstalledModel) => void;
  /** After a choice: back to writing. */
  readonly onChosen: () => void;
}

/** Which model the next message goes to. It belongs to the message, so it stands in the composer. */
export function ModelPicker({ model, onChoose, onChosen }: ModelPickerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const isOpen = useLayout((layout) => layout.hasPicker);
  const word = useStateWord(model);
  const wasChosen = useRef(false);
  const setOpen = (hasPicker: boolean) => {
    useLayout.setState({ hasPicker });
  };
  useShortcut({
    keys: 'mod+L',
    labelKey: 'chat.shortcut.model',
    run: () => {
      setOpen(true);
    },
  });
  const name = model?.name ?? t('chat.picker.none');
  const share = model?.state.phase === 'loading' ? format.percent(model.state.share) : undefined;
  return (
    <Popover
      side="top"
      label={t('chat.picker.title')}
      className={styles['popover']}
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          className={styles['trigger']}
          aria-label={t('chat.picker.button', { model: name, state: word })}
          onFocus={() => {
            // The list gives the focus back to its button; after a choice it goes on to the text.
            if (wasChosen.current) onChosen();
            wasChosen.current = false;
          }}
        >
          {model !== undefined && (
            <Icon of={toneIcons[toneOf(model)]} className={styles[toneOf(model)]} />
          )}
          <span className={styles['name']}>{name}</span>
          {share !== undefined && (
            <span className={styles['share']} aria-hidden>
              {share}
            </span>
          )}
          <Icon of={ChevronDown} />
        </button>
      }
    >
      <ModelList
        chosenId={model?.id}
        onChoose={(chosen) => {
          onChoose(chosen);
          wasChosen.current = true;
          setOpen(false);
        }}
      />
    </Popover>
  );
}
