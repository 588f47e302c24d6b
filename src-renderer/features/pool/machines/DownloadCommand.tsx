import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { PoolMachine } from '../../../api.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Field } from '../../../ui/Field.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './MachineModels.module.css';

export interface DownloadCommandProps {
  readonly machine: PoolMachine;
}

/** Lets the machine download a model, where its owner allows that. */
export function DownloadCommand({ machine }: DownloadCommandProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [model, setModel] = useState('');
  const wanted = model.trim();

  async function download(): Promise<void> {
    const isDone = await deed.run(async () => {
      await api.pools.commandMachine({
        id: machine.id,
        command: { kind: 'download', model: wanted },
      });
    });
    if (!isDone) return;
    showToast(t('machines.downloadBegun', { name: machine.name, model: wanted }));
    setModel('');
  }

  return (
    <>
      <form
        className={styles['download']}
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== '' && !deed.isBusy) void download();
        }}
      >
        <Field label={t('machines.download', { name: machine.name })}>
          {(control) => (
            <TextInput
              {...control}
              placeholder="org/model-GGUF:Q4_K_M"
              maxLength={500}
              autoComplete="off"
              spellCheck={false}
              value={model}
              onChange={(event) => {
                setModel(event.target.value);
              }}
            />
          )}
        </Field>
        <Button
          type="submit"
          busyLabel={deed.isBusy ? t('machines.downloading') : undefined}
          disabledReason={wanted === '' ? t('machines.downloadFirst') : undefined}
        >
          {t('machines.downloadDeed')}
        </Button>
      </form>
      {deed.error && <ErrorNote error={deed.error} />}
    </>
  );
}
