import { Check } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { useModels } from '../../../state/models.ts';
import { classNames } from '../../../ui/class-names.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { toneIcons } from '../../../ui/StateBadge.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { groupModels } from '../state/model-choice.ts';
import type { InstalledModel } from '../types.ts';
import { toneOf, useStateWord } from './model-words.ts';
import styles from './ModelPicker.module.css';

export interface ModelListProps {
  readonly chosenId: string | undefined;
  readonly onChoose: (model: InstalledModel) => void;
}

/** A search field over a list box; the field keeps the focus and arrows move through the list. */
export function ModelList({ chosenId, onChoose }: ModelListProps) {
  const { t } = useTranslation();
  const listId = useId();
  const [search, setSearch] = useState('');
  const [activeId, setActiveId] = useState(chosenId);
  const models = useModels((state) => state.models) ?? [];
  const groups = groupModels(models, search);
  const usable = [...groups.ready, ...groups.others].filter(({ problem }) => problem === undefined);
  const active = usable.find(({ id }) => id === activeId) ?? usable[0];

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const at = active === undefined ? -1 : usable.indexOf(active);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActiveId(usable[(at + step + usable.length) % usable.length]?.id);
    } else if (event.key === 'Enter' && active !== undefined) {
      event.preventDefault();
      onChoose(active);
    }
  };

  const group = (name: 'ready' | 'here', members: readonly InstalledModel[]) =>
    members.length > 0 && (
      <div role="group" aria-labelledby={`${listId}-${name}`}>
        <div id={`${listId}-${name}`} className={styles['group']}>
          {t(`chat.picker.${name}`)}
        </div>
        {members.map((model) => (
          <Row
            key={model.id}
            id={`${listId}-${model.id}`}
            model={model}
            isChosen={model.id === chosenId}
            isActive={model.id === active?.id}
            onPoint={setActiveId}
            onChoose={onChoose}
          />
        ))}
      </div>
    );

  return (
    <div className={styles['picker']}>
      <TextInput
        role="combobox"
        aria-label={t('chat.picker.search')}
        placeholder={t('chat.picker.search')}
        aria-expanded="true"
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active === undefined ? undefined : `${listId}-${active.id}`}
        autoComplete="off"
        spellCheck={false}
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        role="listbox"
        id={listId}
        aria-label={t('chat.picker.title')}
        className={styles['list']}
      >
        {group('ready', groups.ready)}
        {group('here', groups.others)}
      </div>
      {groups.ready.length + groups.others.length === 0 && (
        <p className={styles['nothing']}>
          {t(search === '' ? 'chat.picker.empty' : 'chat.picker.notFound')}
        </p>
      )}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly model: InstalledModel;
  readonly isChosen: boolean;
  readonly isActive: boolean;
  readonly onPoint: (id: string) => void;
  readonly onChoose: (model: InstalledModel) => void;
}

function Row({ id, model, isChosen, isActive, onPoint, onChoose }: RowProps) {
  const format = useFormat();
  const word = useStateWord(model);
  const row = useRef<HTMLDivElement>(null);
  const isOff = model.problem !== undefined;
  useEffect(() => {
    if (isActive) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    // The search field has the focus and handles the keys for its list.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      ref={row}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      aria-disabled={isOff || undefined}
      className={classNames(styles['row'], isActive && styles['active'])}
      onPointerMove={() => {
        if (!isOff) onPoint(model.id);
      }}
      onClick={() => {
        if (!isOff) onChoose(model);
      }}
    >
      <Icon of={toneIcons[toneOf(model)]} className={styles[toneOf(model)]} />
      <span className={styles['rowText']}>
        <span className={styles['rowName']}>{model.name}</span>
        <span className={styles['rowNote']}>
          {[word, model.quantization, format.bytes(model.sizeBytes)].filter(Boolean).join(' · ')}
        </span>
      </span>
      {isChosen && <Icon of={Check} />}
    </div>
  );
}
