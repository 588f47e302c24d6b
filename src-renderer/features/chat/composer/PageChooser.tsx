import { useState } from 'react';
import type { SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Popover } from '../../../ui/Popover.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import styles from './PageChooser.module.css';
import { parsePageRange } from './page-range.ts';

export interface PageChooserProps {
  readonly pages: number;
  /** Undefined means all. */
  readonly range: string | undefined;
  readonly onChoose: (range: string) => Promise<void>;
}

/** Which pages of a document are read. */
export function PageChooser({ pages, range, onChoose }: PageChooserProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      side="top"
      label={t('chat.file.choosePages')}
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button size="row" variant="quiet">
          {t('chat.file.choosePages')}
        </Button>
      }
    >
      <PageForm
        pages={pages}
        range={range}
        onChoose={async (chosen) => {
          await onChoose(chosen);
          setOpen(false);
        }}
      />
    </Popover>
  );
}

function PageForm({ pages, range, onChoose }: PageChooserProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [text, setText] = useState(range ?? `1-${String(pages)}`);
  const [error, setError] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    // The popover is drawn elsewhere, but in React it stands inside the composer's form.
    event.stopPropagation();
    const parsed = parsePageRange(text, pages);
    if (!parsed.isValid) {
      setError(t('chat.file.wrongPages', { pages: format.count(pages) }));
      return;
    }
    setBusy(true);
    onChoose(parsed.text).catch((thrown: unknown) => {
      setBusy(false);
      setError(MillpondError.from(thrown).message);
    });
  };
  return (
    <form className={styles['form']} onSubmit={submit}>
      <Field
        label={t('chat.file.pageRange')}
        hint={t('chat.file.pageHint', { pages: format.count(pages) })}
        error={error}
      >
        {(control) => (
          <TextInput
            {...control}
            value={text}
            autoComplete="off"
            onChange={(event) => {
              setText(event.target.value);
              setError(undefined);
            }}
          />
        )}
      </Field>
      <Button type="submit" busyLabel={isBusy ? t('chat.file.reading') : undefined}>
        {t('chat.file.readPages')}
      </Button>
    </form>
  );
}
