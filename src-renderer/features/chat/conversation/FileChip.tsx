import { FileText } from 'lucide-react';
import { Icon } from '../../../ui/Icon.tsx';
import type { Attachment } from '../types.ts';
import styles from './FileChip.module.css';
import { useAttachmentSize } from './use-attachment-summary.ts';

export interface FileChipProps {
  readonly attachment: Attachment;
}

/** A file that was sent: its name, how much of it was read, and what that cost. */
export function FileChip({ attachment }: FileChipProps) {
  const size = useAttachmentSize(attachment);
  return (
    <li className={styles['file']}>
      <Icon of={FileText} />
      <span className={styles['name']}>{attachment.name}</span>
      <span className={styles['size']}>{size}</span>
    </li>
  );
}
