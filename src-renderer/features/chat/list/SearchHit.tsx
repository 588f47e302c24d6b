import { useFormat } from '../../../i18n/format.ts';
import { useNow } from '../../../ui/use-now.ts';
import { classNames } from '../../../ui/class-names.ts';
import type { ChatSummary } from '../types.ts';
import styles from './ChatList.module.css';
import { excerptPieces } from './marked-excerpt.ts';

export interface SearchHitProps {
  readonly chat: ChatSummary;
  readonly isCurrent: boolean;
  readonly onOpen: (chat: ChatSummary) => void;
}

/** A chat that was found: its title, and the words around the match. */
export function SearchHit({ chat, isCurrent, onOpen }: SearchHitProps) {
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <li className={classNames(styles['row'], styles['hit'], isCurrent && styles['current'])}>
      <button
        type="button"
        data-row
        className={styles['open']}
        aria-current={isCurrent ? 'page' : undefined}
        onClick={() => {
          onOpen(chat);
        }}
      >
        <span className={styles['hitHead']}>
          <span className={styles['title']}>
            <Marked text={chat.title} />
          </span>
          <span className={styles['when']}>{format.moment(chat.updatedAt, now)}</span>
        </span>
        {chat.excerpt !== undefined && (
          <span className={styles['excerpt']}>
            <Marked text={chat.excerpt} />
          </span>
        )}
      </button>
    </li>
  );
}

function Marked({ text }: { readonly text: string }) {
  return excerptPieces(text).map((piece, index) =>
    piece.isMatch ? <mark key={index}>{piece.text}</mark> : piece.text,
  );
}
