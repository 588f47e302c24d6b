import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { countWords, textOf } from '../state/parts.ts';
import type { Message } from '../types.ts';
import { announcementBetween } from './announcement.ts';
import type { Announcement, AnswerMoment } from './announcement.ts';

export interface SpokenStatusProps {
  /** The end of the branch on screen. */
  readonly last: Message | undefined;
}

/** Tells a screen reader that an answer began and how it ended; never the stream itself. */
export function SpokenStatus({ last }: SpokenStatusProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [news, setNews] = useState<Announcement | undefined>(undefined);
  const before = useRef<Pick<AnswerMoment, 'id' | 'status'> | undefined>(undefined);
  useEffect(() => {
    if (last?.role !== 'assistant') return;
    const now: AnswerMoment = {
      id: last.id,
      status: last.status,
      words: () => countWords(textOf(last.parts), i18n.language),
      errorMessage: last.error?.message,
    };
    const announcement = announcementBetween(before.current, now);
    before.current = { id: now.id, status: now.status };
    if (announcement !== undefined) setNews(announcement);
  }, [last, i18n.language]);
  return (
    <p role="status" className="visually-hidden">
      {news === undefined ? '' : say(news)}
    </p>
  );

  function say(announcement: Announcement): string {
    switch (announcement.kind) {
      case 'answering':
        return t('chat.spoken.answering');
      case 'done':
      case 'stopped':
        return t(`chat.spoken.${announcement.kind}`, {
          count: announcement.words,
          words: format.count(announcement.words),
        });
      case 'interrupted':
        return t('chat.spoken.interrupted');
      case 'failed':
        return t('chat.spoken.failed', { reason: announcement.reason });
    }
  }
}
