import { Eye } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { useHeldPools } from '../../../state/held-pools.ts';
import { useMemberships } from '../../../state/memberships.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { Select } from '../../../ui/Select.tsx';
import { useChatConfig } from '../panel/use-chat-config.ts';
import { runsElsewhere } from '../state/model-choice.ts';
import { readersOf, usualPrivacy } from '../state/readers.ts';
import type { Privacy, Readers } from '../state/readers.ts';
import type { ChatModel } from '../types.ts';
import styles from './ReadersLine.module.css';

export interface ReadersLineProps {
  readonly chatId: string | undefined;
  readonly model: ChatModel | undefined;
}

const choices: readonly Privacy[] = ['this-machine', 'trusted', 'any'];

/** Who can read the next message, before it is sent, and who may. Only where there is a pool at all. */
export function ReadersLine({ chatId, model }: ReadersLineProps) {
  const { t } = useTranslation();
  const memberships = useMemberships((state) => state.memberships) ?? [];
  const held = useHeldPools((state) => state.pools);
  const config = useChatConfig(chatId);
  const privacy = config.parameters.privacy ?? usualPrivacy;
  const words = useReaderWords();
  if (model === undefined || runsElsewhere(model)) return null;
  if (held.length === 0 && memberships.length === 0) return null;
  const readers = readersOf({ model, privacy, memberships, held });
  return (
    <div className={styles['readers']}>
      <Icon of={Eye} size={14} />
      <p className={styles['who']}>{words(readers)}</p>
      <Select
        aria-label={t('chat.readers.choose')}
        className={styles['choice']}
        value={privacy}
        options={choices.map((value) => ({ value, label: t(`chat.readers.privacy.${value}`) }))}
        onChange={(next) => {
          config.change({ parameters: { ...config.parameters, privacy: next } });
        }}
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
