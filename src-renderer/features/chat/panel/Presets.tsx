import { Ellipsis, Pencil, Save, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Field } from '../../../ui/Field.tsx';
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
  const { presets, error, create, rename, overwrite, remove } = usePresets();
  const [naming, setNaming] = useState<'none' | 'new' | 'rename'>('none');
  const [lastId, setLastId] = useState('');
  const matching = presets.find((preset) => isSameConfig(preset, config));
  // A preset that was changed since it was applied can be brought up to date.
  const changed = matching === undefined ? presets.find(({ id }) => id === lastId) : undefined;
  const current = matching ?? changed;
  const apply = (preset: Preset) => {
    setLastId(preset.id);
    config.change({ systemPrompt: preset.systemPrompt, parameters: preset.parameters });
  };
  const options = [
    {
      value: '',
      label: t(changed === undefined ? 'chat.preset.none' : 'chat.preset.changed', {
        name: changed?.name ?? '',
      }),
    },
    ...presets.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <div className={styles['presets']}>
      <Field label={t('chat.preset.label')}>
        {(control) => (
          <div className={styles['presetRow']}>
            <Select
              {...control}
              className={styles['presetSelect']}
              options={options}
              value={matching?.id ?? ''}
              onChange={(id) => {
                const preset = presets.find((candidate) => candidate.id === id);
                if (preset !== undefined) apply(preset);
              }}
            />
            {current === undefined ? (
              <Button
                onClick={() => {
                  setNaming('new');
                }}
              >
                {t('chat.preset.save')}
              </Button>
            ) : (
              <PresetMenu
                preset={current}
                isChanged={changed !== undefined}
                onSaveNew={() => {
                  setNaming('new');
                }}
                onRename={() => {
                  setNaming('rename');
                }}
                onOverwrite={() => {
                  overwrite(current, config);
                }}
                onRemove={() => {
                  remove(current);
                }}
              />
            )}
          </div>
        )}
      </Field>
      {error !== undefined && <ErrorNote error={error} title={t('chat.notDone')} />}
      {naming !== 'none' && (
        <PresetNameDialog
          title={t(naming === 'new' ? 'chat.preset.saveTitle' : 'chat.preset.renameTitle')}
          name={naming === 'rename' ? (current?.name ?? '') : ''}
          onClose={() => {
            setNaming('none');
          }}
          onName={async (name) => {
            if (naming === 'rename' && current !== undefined) await rename(current, name);
            else setLastId((await create(name, config)).id);
            setNaming('none');
          }}
        />
      )}
    </div>
  );
}

interface PresetMenuProps {
  readonly preset: Preset;
  readonly isChanged: boolean;
  readonly onSaveNew: () => void;
  readonly onRename: () => void;
  readonly onOverwrite: () => void;
  readonly onRemove: () => void;
}

function PresetMenu({ preset, isChanged, ...deeds }: PresetMenuProps) {
  const { t } = useTranslation();
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
        <MenuItem icon={Save} onSelect={deeds.onOverwrite}>
          {t('chat.preset.overwrite', { name: preset.name })}
        </MenuItem>
      )}
      <MenuItem icon={Save} onSelect={deeds.onSaveNew}>
        {t('chat.preset.saveAs')}
      </MenuItem>
      <MenuItem icon={Pencil} onSelect={deeds.onRename}>
        {t('chat.preset.rename')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={Trash2} isDanger onSelect={deeds.onRemove}>
        {t('chat.preset.delete')}
      </MenuItem>
    </Menu>
  );
}
