import { useTranslation } from 'react-i18next';
import type { Attachment } from '../types.ts';
import { FileChip } from './FileChip.tsx';
import styles from './MessageFiles.module.css';
import { Picture } from './Picture.tsx';

export interface MessageFilesProps {
  readonly attachments: readonly Attachment[];
}

/** What was sent with a message: pictures to be looked at, files by their names. */
export function MessageFiles({ attachments }: MessageFilesProps) {
  const { t } = useTranslation();
  const pictures = attachments.filter(({ isImage }) => isImage);
  const files = attachments.filter(({ isImage }) => !isImage);
  return (
    <>
      {pictures.length > 0 && (
        <ul aria-label={t('chat.picture.list')} className={styles['pictures']}>
          {pictures.map((attachment) => (
            <li key={attachment.id}>
              <Picture attachment={attachment} size="message" />
            </li>
          ))}
        </ul>
      )}
      {files.length > 0 && (
        <ul aria-label={t('chat.file.list')}>
          {files.map((attachment) => (
            <FileChip key={attachment.id} attachment={attachment} />
          ))}
        </ul>
      )}
    </>
  );
}
