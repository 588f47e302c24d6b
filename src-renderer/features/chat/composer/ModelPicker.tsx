import { ChevronDown } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { Popover } from '../../../ui/Popover.tsx';
import { useShortcut } from '../../../state/shortcuts.ts';
import { useLayout } from '../state/layout.ts';
import type { ChatModel } from '../types.ts';
import { ModelList } from './ModelList.tsx';
import { iconOf, toneOf, useStateWord } from './model-words.ts';
import styles from './ModelPicker.module.css';

export interface ModelPickerProps {
  readonly model: ChatModel | undefined;
  readonly onChoose: (model: ChatModel) => void;
  /** After a choice: back to writing. */
  readonly onChosen: () => void;
}

/** Which model the next message goes to. It belongs to the message, so it stands in the composer. */
export function ModelPicker({ model, onChoose, onChosen }: ModelPickerProps) {
  const { t } = useTranslation();
  const isOpen = useLayout((layout) => layout.hasPicker);
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
          onFocus={() => {
            // The list gives the focus back to its button; after a choice it goes on to the text.
            if (wasChosen.current) onChosen();
            wasChosen.current = false;
          }}
        >
          <PickerFace model={model} />
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

/** The model's state, name and load progress, as a picture; spoken as one sentence. */
function PickerFace({ model }: Pick<ModelPickerProps, 'model'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useStateWord(model);
  const name = model?.name ?? t('chat.picker.none');
  const share = model?.state.phase === 'loading' ? format.percent(model.state.share) : undefined;
  return (
    <>
      <span className="visually-hidden">
        {t('chat.picker.button', { model: name, state: word })}
      </span>
      {model !== undefined && <Icon of={iconOf(model)} className={styles[toneOf(model)]} />}
      <span className={styles['name']} aria-hidden>
        {name}
      </span>
      {model?.pool !== undefined && (
        <span className={styles['share']} aria-hidden>
          {t('chat.picker.inPool', { pool: model.pool.name })}
        </span>
      )}
      {share !== undefined && (
        <span className={styles['share']} aria-hidden>
          {share}
        </span>
      )}
      <Icon of={ChevronDown} />
    </>
  );
}
