import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { showModel } from '../../../state/models.ts';
import { showToast } from '../../../state/toasts.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { TextArea } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import type { DroppedFiles } from './dropped-files.ts';
import { importModes, pathsIn } from './import-draft.ts';
import type { ImportMode } from './import-draft.ts';
import { ModeField } from './ModeField.tsx';

export interface ImportDialogProps {
  /** What was dropped; absent when the button was pressed. */
  readonly dropped: DroppedFiles | undefined;
  readonly onClose: () => void;
}

/** Brings files or folders into the library by their paths. */
export function ImportDialog({ dropped, onClose }: ImportDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [text, setText] = useState(() => startText(dropped));
  const [mode, setMode] = useState<ImportMode>(importModes[0]);
  const paths = pathsIn(text);

  async function importAll(): Promise<void> {
    const names: string[] = [];
    for (const path of paths) {
      const model = await api.models.import({ path, mode });
      showModel(model);
      names.push(model.name);
      // What is in need not be tried again if a later one fails.
      setText(paths.slice(names.length).join('\n'));
    }
    const [name = ''] = names;
    showToast(t('models.import.done', { count: names.length, name }));
    onClose();
  }

  return (
    <FormDialog
      size="medium"
      title={t('models.import.title')}
      deed={deed}
      submitLabel={t('models.import.button')}
      busyLabel={t(`models.import.busy.${mode}`)}
      problem={paths.length === 0 ? t('models.import.pathFirst') : undefined}
      failedTitle={t('models.import.failed')}
      onSubmit={() => void deed.run(importAll)}
      onClose={onClose}
    >
      <PathsField dropped={dropped} text={text} rows={paths.length} onChange={setText} />
      <ModeField value={mode} onChange={setMode} />
    </FormDialog>
  );
}

interface PathsFieldProps {
  readonly dropped: DroppedFiles | undefined;
  readonly text: string;
  readonly rows: number;
  readonly onChange: (text: string) => void;
}

function PathsField({ dropped, text, rows, onChange }: PathsFieldProps) {
  const { t } = useTranslation();
  const hiddenName = dropped?.kind === 'name' ? dropped.name : undefined;
  return (
    <Field
      label={t('models.import.path')}
      hint={
        hiddenName === undefined
          ? t('models.import.pathHint')
          : t('models.import.hidden', { name: hiddenName })
      }
    >
      {(control) => (
        <TextArea
          {...control}
          data-autofocus
          rows={Math.min(6, Math.max(2, rows))}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onFocus={(event) => {
            // The folder goes in front of the name that is there already.
            if (hiddenName === text) event.currentTarget.setSelectionRange(0, 0);
          }}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
    </Field>
  );
}

function startText(dropped: DroppedFiles | undefined): string {
  if (dropped === undefined) return '';
  return dropped.kind === 'paths' ? dropped.paths.join('\n') : dropped.name;
}
