import { Ellipsis, Pencil, Save, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Field } from '../../../ui/Field.tsx';
import type { FieldControl } from '../../../ui/Field.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/Menu.tsx';
import { Select } from '../../../ui/Select.tsx';
import type { Preset } from '../types.ts';
import { PresetNameDialog } from './PresetNameDialog.tsx';
import styles from './SidePanel.module.css';
import type { ChatConfig } from './use-chat-config.ts';
import { isSameConfig, usePresets } from './use-presets.ts';

export interface PresetsProps {
  readonly config: ChatConfig;
}

/** A name for a system prompt with its parameters, to use again in another chat. */
export function Presets({ config }: PresetsProps) {
  const { t } = useTranslation();
  const store = usePresets();
  const [naming, setNaming] = useState<'none' | 'new' | 'rename'>('none');
  const [lastId, setLastId] = useState('');
  const matching = store.presets.find((preset) => isSameConfig(preset, config));
  // A preset that was changed since it was applied can be brought up to date.
  const changed =
    matching === undefined ? store.presets.find(({ id }) => id === lastId) : undefined;
  const current = matching ?? changed;
  const name = async (text: string) => {
    if (naming === 'rename' && current !== undefined) await store.rename(current, text);
    else setLastId((await store.create(text, config)).id);
    setNaming('none');
  };
  return (
    <div className={styles['presets']}>
      <Field label={t('chat.preset.label')}>
        {(control) => (
          <div className={styles['presetRow']}>
            <PresetSelect
              control={control}
              presets={store.presets}
              matching={matching}
              changed={changed}
              onApply={({ id, systemPrompt, parameters }) => {
                setLastId(id);
                config.change({ systemPrompt, parameters });
              }}
            />
            <PresetMenu
              preset={current}
              isChanged={changed !== undefined}
              onName={setNaming}
              onOverwrite={(preset) => {
                store.overwrite(preset, config);
              }}
              onRemove={store.remove}
            />
          </div>
        )}
      </Field>
      {store.error !== undefined && <ErrorNote error={store.error} title={t('chat.notDone')} />}
      {naming !== 'none' &&
        // Outside the panel, which would take the dialog's Escape for its own.
        createPortal(
          <PresetNameDialog
            title={t(naming === 'new' ? 'chat.preset.saveTitle' : 'chat.preset.renameTitle')}
            name={naming === 'rename' ? (current?.name ?? '') : ''}
            onClose={() => {
              setNaming('none');
            }}
            onName={name}
          />,
          document.body,
        )}
    </div>
  );
}

interface PresetSelectProps {
  readonly control: FieldControl;
  readonly presets: readonly Preset[];
  /** The one that says exactly how this chat is set. */
  readonly matching: Preset | undefined;
  /** The one that was applied and then changed. */
  readonly changed: Preset | undefined;
  readonly onApply: (preset: Preset) => void;
}

function PresetSelect({ control, presets, matching, changed, onApply }: PresetSelectProps) {
  const { t } = useTranslation();
  const none =
    changed === undefined
      ? t('chat.preset.none')
      : t('chat.preset.changed', { name: changed.name });
  return (
    <Select
      {...control}
      className={styles['presetSelect']}
      options={[
        { value: '', label: none },
        ...presets.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      value={matching?.id ?? ''}
      onChange={(id) => {
        const preset = presets.find((candidate) => candidate.id === id);
        if (preset !== undefined) onApply(preset);
      }}
    />
  );
}

interface PresetMenuProps {
  /** Undefined while the chat is set like none of them. */
  readonly preset: Preset | undefined;
  readonly isChanged: boolean;
  readonly onName: (what: 'new' | 'rename') => void;
  readonly onOverwrite: (preset: Preset) => void;
  readonly onRemove: (preset: Preset) => void;
}

function PresetMenu({ preset, isChanged, onName, onOverwrite, onRemove }: PresetMenuProps) {
  const { t } = useTranslation();
  const saveNew = () => {
    onName('new');
  };
  if (preset === undefined) return <Button onClick={saveNew}>{t('chat.preset.save')}</Button>;
  return (
    <Menu
      trigger={
        <IconButton
          variant="plain"
          icon={Ellipsis}
          label={t('chat.preset.more', { name: preset.name })}
        />
      }
    >
      {isChanged && (
        <MenuItem
          icon={Save}
          onSelect={() => {
            onOverwrite(preset);
          }}
        >
          {t('chat.preset.overwrite', { name: preset.name })}
        </MenuItem>
      )}
      <MenuItem icon={Save} onSelect={saveNew}>
        {t('chat.preset.saveAs')}
      </MenuItem>
      <MenuItem
        icon={Pencil}
        onSelect={() => {
          onName('rename');
        }}
      >
        {t('chat.preset.rename')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem
        icon={Trash2}
        isDanger
        onSelect={() => {
          onRemove(preset);
        }}
      >
        {t('chat.preset.delete')}
      </MenuItem>
    </Menu>
  );
}
