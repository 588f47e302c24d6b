import { CircleDashed, FileText, OctagonX, TriangleAlert, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Picture } from '../conversation/Picture.tsx';
import { useAttachmentSize } from '../conversation/use-attachment-summary.ts';
import type { Attachment } from '../types.ts';
import styles from './FileChips.module.css';
import { PageChooser } from './PageChooser.tsx';
import type { PendingFile, PendingFiles } from './use-attachments.ts';

export interface FileChipsProps {
  readonly pending: PendingFiles;
  /** Tokens that the loaded model has room for; undefined while none is loaded. */
  readonly contextLength: number | undefined;
}

/** The files of the message being written: what they cost, and what is wrong with them. */
export function FileChips({ pending, contextLength }: FileChipsProps) {
  const { t } = useTranslation();
  if (pending.files.length === 0) return null;
  return (
    <ul className={styles['chips']} aria-label={t('chat.file.list')}>
      {pending.files.map((file) => (
        <li key={file.key} className={styles['chip']} data-phase={file.phase}>
          <Body file={file} pending={pending} contextLength={contextLength} />
          <IconButton
            size="row"
            icon={X}
            label={t('chat.file.remove', { name: nameOf(file) })}
            onClick={() => {
              pending.remove(file.key);
            }}
          />
        </li>
      ))}
    </ul>
  );
}

interface BodyProps extends FileChipsProps {
  readonly file: PendingFile;
}

function Body({ file, pending, contextLength }: BodyProps) {
  const { t } = useTranslation();
  switch (file.phase) {
    case 'reading':
      return (
        <>
          <Icon of={CircleDashed} />
          <Words name={file.name} note={t('chat.file.reading')} />
        </>
      );
    case 'refused':
      return (
        <>
          <Icon of={OctagonX} className={styles['fail']} />
          <Words name={file.name} note={MillpondError.from(file.error).message} />
        </>
      );
    case 'ready':
      return (
        <Read
          attachment={file.attachment}
          contextLength={contextLength}
          onPages={(range) => pending.choosePages(file.key, range)}
        />
      );
  }
}

interface ReadProps {
  readonly attachment: Attachment;
  readonly contextLength: number | undefined;
  readonly onPages: (range: string) => Promise<void>;
}

function Read({ attachment, contextLength, onPages }: ReadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const size = useAttachmentSize(attachment);
  const isTooLong = contextLength !== undefined && attachment.tokens > contextLength;
  const note = isTooLong
    ? `${size}. ${t('chat.file.tooLong', { limit: format.count(contextLength) })}`
    : size;
  return (
    <>
      {attachment.isImage && <Picture attachment={attachment} size="chip" />}
      {(isTooLong || !attachment.isImage) && (
        <Icon
          of={isTooLong ? TriangleAlert : FileText}
          className={isTooLong ? styles['slow'] : undefined}
        />
      )}
      <Words name={attachment.name} note={note} />
      {attachment.pages !== undefined && attachment.pages > 1 && (
        <PageChooser pages={attachment.pages} range={attachment.pageRange} onChoose={onPages} />
      )}
    </>
  );
}

function Words({ name, note }: { readonly name: string; readonly note: string }) {
  return (
    <span className={styles['words']}>
      <span className={styles['name']}>{name}</span>
      <span className={styles['note']}>{note}</span>
    </span>
  );
}

function nameOf(file: PendingFile): string {
  return file.phase === 'ready' ? file.attachment.name : file.name;
}
