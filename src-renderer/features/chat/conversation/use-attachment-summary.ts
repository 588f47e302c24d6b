import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import type { Attachment } from '../types.ts';

/** "report.pdf (pages 1-3), notes.md": what was read; undefined when there are no files. */
export function useAttachmentSummary(attachments: readonly Attachment[]): string | undefined {
  const { t } = useTranslation();
  if (attachments.length === 0) return undefined;
  const files = attachments.map((attachment) =>
    attachment.pageRange === undefined
      ? attachment.name
      : t('chat.file.withPages', { name: attachment.name, pages: attachment.pageRange }),
  );
  return files.join(t('chat.file.separator'));
}

/** "12 pages · 3,204 tokens" under a file's name. */
export function useAttachmentSize(attachment: Attachment): string {
  const { t } = useTranslation();
  const format = useFormat();
  const tokens = t('chat.file.tokens', {
    count: attachment.tokens,
    tokens: format.count(attachment.tokens),
  });
  if (attachment.pages === undefined) return `${format.bytes(attachment.sizeBytes)} · ${tokens}`;
  const pages =
    attachment.pageRange === undefined
      ? t('chat.file.pages', { count: attachment.pages, pages: format.count(attachment.pages) })
      : t('chat.file.someOf', {
          range: attachment.pageRange,
          pages: format.count(attachment.pages),
        });
  return `${pages} · ${tokens}`;
}
