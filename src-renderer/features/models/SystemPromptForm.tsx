import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import type { InstalledModel } from '../../api.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field } from '../../ui/Field.tsx';
import { TextArea } from '../../ui/TextInput.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import styles from './ModelPanel.module.css';

export interface SystemPromptFormProps {
  readonly model: InstalledModel;
}

/** What every chat with this model begins with, unless the chat says otherwise. */
export function SystemPromptForm({ model }: SystemPromptFormProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [text, setText] = useState(model.systemPrompt);
  const isChanged = text !== model.systemPrompt;

  async function save(systemPrompt: string): Promise<void> {
    const before = model.systemPrompt;
    const isDone = await deed.run(async () => {
      await api.models.update({ id: model.id, systemPrompt });
    });
    if (!isDone) return;
    showToast(t('models.promptSaved', { name: model.name }), () => {
      setText(before);
      void deed.run(async () => {
        await api.models.update({ id: model.id, systemPrompt: before });
      });
    });
  }

  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) void save(text);
      }}
    >
      <Field label={t('models.systemPrompt')} hint={t('models.systemPromptHint')}>
        {(control) => (
          <TextArea
            {...control}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
        )}
      </Field>
      {deed.error && <ErrorNote error={deed.error} />}
      {isChanged && (
        <Button type="submit" busyLabel={deed.isBusy ? t('models.saving') : undefined}>
          {t('models.savePrompt')}
        </Button>
      )}
    </form>
  );
}
