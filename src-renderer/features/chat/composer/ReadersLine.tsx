import { Eye } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { Select } from '../../../ui/Select.tsx';
import type { Privacy, Readers } from '../state/readers.ts';
import type { ChatModel } from '../types.ts';
import styles from './ReadersLine.module.css';
import { useReaders } from './use-readers.ts';

export interface ReadersLineProps {
  readonly chatId: string | undefined;
  readonly model: ChatModel | undefined;
}

const choices: readonly Privacy[] = ['this-machine', 'trusted', 'any'];

/** Who can read the next message, before it is sent, and who may. Only where there is a pool at all. */
export function ReadersLine({ chatId, model }: ReadersLineProps) {
  const { t } = useTranslation();
  const { privacy, readers, allow } = useReaders(chatId, model);
  const words = useReaderWords();
  if (readers === undefined) return null;
  return (
    <div className={styles['readers']}>
      <Icon of={Eye} size={14} />
      <p className={styles['who']}>{words(readers)}</p>
      <Select
        aria-label={t('chat.readers.choose')}
        className={styles['choice']}
        value={privacy}
        options={choices.map((value) => ({ value, label: t(`chat.readers.privacy.${value}`) }))}
        onChange={allow}
      />
    </div>
  );
}

/** More names than these are only counted. */
const namedReaders = 3;

function useReaderWords(): (readers: Readers) => string {
  const { t } = useTranslation();
  const { locale, count } = useFormat();
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  return ({ isHere, others, hasUnknownGuests }) => {
    const rest = others.length - namedReaders;
    const names = [
      ...(isHere ? [t('chat.readers.here')] : []),
      ...others
        .slice(0, namedReaders)
        .map(({ machine, person }) =>
          person === '' ? machine : t('chat.readers.of', { machine, person }),
        ),
      ...(rest > 0 ? [t('chat.readers.more', { count: rest, more: count(rest) })] : []),
      ...(hasUnknownGuests ? [t('chat.readers.guests')] : []),
    ];
    if (names.length === 0) return t('chat.readers.nobody');
    if (isHere && names.length === 1) return t('chat.readers.onlyHere');
    return t('chat.readers.who', { who: list.format(names) });
  };
}
