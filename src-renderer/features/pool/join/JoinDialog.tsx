import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api } from '../../../api.ts';
import type { InvitePreview } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { JoinForm } from './JoinForm.tsx';
import { RefusalNote } from './RefusalNote.tsx';

export interface JoinDialogProps {
  readonly link: string;
  readonly onClose: () => void;
}

/** Reads an invite and asks whether to use it. Nobody has been contacted when it is on screen. */
export function JoinDialog({ link, onClose }: JoinDialogProps) {
  const { preview, error } = usePreview(link);
  if (preview !== undefined) return <JoinForm link={link} preview={preview} onClose={onClose} />;
  return <UnreadInvite error={error} onClose={onClose} />;
}

interface UnreadInviteProps {
  readonly error: MillpondError | undefined;
  readonly onClose: () => void;
}

function UnreadInvite({ error, onClose }: UnreadInviteProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t('pool.join.title')}
      actions={<Button onClick={onClose}>{t('common.close')}</Button>}
      onClose={onClose}
    >
      {error === undefined ? (
        <p role="status">{t('join.reading')}</p>
      ) : (
        <RefusalNote refusal={undefined} title={t('join.unreadable')} message={error.message} />
      )}
    </Dialog>
  );
}

interface ReadInvite {
  readonly preview: InvitePreview | undefined;
  readonly error: MillpondError | undefined;
}

const unread: ReadInvite = { preview: undefined, error: undefined };

function usePreview(link: string): ReadInvite {
  const [read, setRead] = useState(unread);
  const ask = useCallback(
    async (signal: AbortSignal): Promise<ReadInvite> =>
      api.memberships.preview({ link }, { signal }).then(
        (preview) => ({ preview, error: undefined }),
        (thrown: unknown) => ({ preview: undefined, error: MillpondError.from(thrown) }),
      ),
    [link],
  );
  useEffect(() => {
    const left = new AbortController();
    void ask(left.signal).then((answer) => {
      if (!left.signal.aborted) setRead(answer);
    });
    return () => {
      left.abort();
    };
  }, [ask]);
  return read;
}
