import { Check } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { quantizationBesideName } from '../../../state/model-words.ts';
import { classNames } from '../../../ui/class-names.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { groupModels, isUsable } from '../state/model-choice.ts';
import type { ModelGroup } from '../state/model-choice.ts';
import { useChatModels } from '../state/use-chat-models.ts';
import type { ChatModel } from '../types.ts';
import { iconOf, toneOf, useStateWord } from './model-words.ts';
import styles from './ModelPicker.module.css';

export interface ModelListProps {
  readonly chosenId: string | undefined;
  readonly onChoose: (model: ChatModel) => void;
}

/** A search field over a list box; the field keeps the focus and arrows move through the list. */
export function ModelList({ chosenId, onChoose }: ModelListProps) {
  const { t } = useTranslation();
  const listId = useId();
  const [search, setSearch] = useState('');
  const [activeId, setActiveId] = useState(chosenId);
  const groups = groupModels(useChatModels(), search);
  const shown = groups.flatMap(({ models }) => models);
  const usable = shown.filter(isUsable);
  const active = usable.find(({ id }) => id === activeId) ?? usable[0];

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
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          const step = steps[event.key];
          if (step !== undefined) setActiveId(neighbour(usable, active, step));
          else if (event.key === 'Enter' && active !== undefined) onChoose(active);
          else return;
          event.preventDefault();
        }}
      />
      <div
        role="listbox"
        id={listId}
        aria-label={t('chat.picker.title')}
        className={styles['list']}
      >
        {groups.map((group) => (
          <Group
            key={group.pool?.id ?? group.name}
            group={group}
            {...{ listId, chosenId, onChoose }}
            activeId={active?.id}
            onPoint={setActiveId}
          />
        ))}
      </div>
      {shown.length === 0 && <Nothing isSearch={search !== ''} />}
    </div>
  );
}

function Nothing({ isSearch }: { readonly isSearch: boolean }) {
  const { t } = useTranslation();
  return (
    <p className={styles['nothing']}>
      {t(isSearch ? 'chat.picker.notFound' : 'chat.picker.empty')}
    </p>
  );
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** The next model up or down, round and round. */
function neighbour(
  models: readonly ChatModel[],
  active: ChatModel | undefined,
  step: number,
): string | undefined {
  const at = active === undefined ? -1 : models.indexOf(active);
  return models[(at + step + models.length) % models.length]?.id;
}

interface GroupProps extends ModelListProps {
  readonly group: ModelGroup;
  readonly listId: string;
  readonly activeId: string | undefined;
  readonly onPoint: (id: string) => void;
}

function Group({ group, listId, chosenId, activeId, onPoint, onChoose }: GroupProps) {
  const { t } = useTranslation();
  const titleId = useId();
  return (
    <div role="group" aria-labelledby={titleId}>
      <div id={titleId} className={styles['group']}>
        {group.pool?.name ?? t(`chat.picker.${group.name}`)}
      </div>
      {group.models.map((model) => (
        <Row
          key={model.id}
          id={`${listId}-${model.id}`}
          model={model}
          isChosen={model.id === chosenId}
          isActive={model.id === activeId}
          onPoint={onPoint}
          onChoose={onChoose}
        />
      ))}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly model: ChatModel;
  readonly isChosen: boolean;
  readonly isActive: boolean;
  readonly onPoint: (id: string) => void;
  readonly onChoose: (model: ChatModel) => void;
}

function Row({ id, model, isChosen, isActive, onPoint, onChoose }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useStateWord(model);
  const row = useRef<HTMLDivElement>(null);
  const isOff = !isUsable(model);
  // A reason needs the room that the figures would take.
  const facts =
    toneOf(model) === 'fail' || model.absence !== undefined
      ? [word]
      : [
          word,
          model.server?.name,
          model.pool && t('chat.picker.machines', { count: model.pool.machines }),
          quantizationBesideName(model),
          model.sizeBytes !== undefined && format.bytes(model.sizeBytes),
        ];
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
      <Icon of={iconOf(model)} className={styles[toneOf(model)]} />
      <span className={styles['rowText']}>
        <span className={styles['rowName']}>{model.name}</span>
        <span className={styles['rowNote']}>{facts.filter(Boolean).join(' · ')}</span>
      </span>
      {isChosen && <Icon of={Check} />}
    </div>
  );
}
