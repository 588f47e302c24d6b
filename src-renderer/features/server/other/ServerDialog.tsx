import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { AttachedServer } from '../../../api.ts';
import { showServer } from '../../../state/servers.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { KeysField } from './KeysField.tsx';
import { changeIn } from './server-words.ts';
import type { ServerDraft } from './server-words.ts';

export interface ServerDialogProps {
  /** The one to change; absent adds another. */
  readonly server?: AttachedServer;
  readonly onClose: () => void;
}

/** Address, name and keys of a server. Nothing is kept unless it answers. */
export function ServerDialog({ server, onClose }: ServerDialogProps) {
  const { t } = useTranslation();
  const { deed, draft, set, canKeep, keep } = useServerDraft(server, onClose);
  return (
    <FormDialog
      title={
        server === undefined
          ? t('server.other.addTitle')
          : t('server.other.changeTitle', { name: server.name })
      }
      deed={deed}
      submitLabel={t(server === undefined ? 'server.other.attach' : 'common.save')}
      busyLabel={t('server.other.asking')}
      problem={canKeep ? undefined : t('server.other.urlFirst')}
      failedTitle={t(server === undefined ? 'server.other.addFailed' : 'server.other.changeFailed')}
      onSubmit={keep}
      onClose={onClose}
    >
      <DraftFields server={server} draft={draft} onChange={set} />
    </FormDialog>
  );
}

function useServerDraft(server: AttachedServer | undefined, onKept: () => void) {
  const deed = useDeed();
  const [draft, setDraft] = useState<ServerDraft>({
    url: server?.url ?? '',
    name: server?.name ?? '',
    keys: '',
    dropsKeys: false,
  });
  const canKeep = draft.url.trim() !== '';
  const keep = async () => {
    const change = changeIn(draft);
    showServer(
      server === undefined
        ? await api.servers.add(change)
        : await api.servers.update({ id: server.id, ...change }),
    );
    onKept();
  };
  return {
    ...{ deed, draft, canKeep },
    set: (change: Partial<ServerDraft>) => {
      setDraft((current) => ({ ...current, ...change }));
    },
    keep: () => void deed.run(keep),
  };
}

interface DraftFieldsProps {
  readonly server: AttachedServer | undefined;
  readonly draft: ServerDraft;
  readonly onChange: (change: Partial<ServerDraft>) => void;
}

function DraftFields({ server, draft, onChange }: DraftFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('server.other.url')}
        hint={t('server.other.urlHint')}
        value={draft.url}
        onChange={(url) => {
          onChange({ url });
        }}
      />
      <TextField
        label={t('server.other.name')}
        hint={t('server.other.nameHint')}
        value={draft.name}
        onChange={(name) => {
          onChange({ name });
        }}
      />
      <KeysField
        current={server?.keys ?? []}
        text={draft.keys}
        isDropping={draft.dropsKeys}
        onChange={onChange}
      />
    </>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TextField({ label, hint, value, onChange }: TextFieldProps) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <TextInput
          {...control}
          autoComplete="off"
          spellCheck={false}
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
    </Field>
  );
}
