import type { Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { ActivityList } from './ActivityList.tsx';
import type { ActivityListProps } from './ActivityList.tsx';

export interface LogTabProps extends Omit<ActivityListProps, 'onOpen' | 'ref'> {
  /** Why the request that the address names cannot be shown. */
  readonly error: unknown;
  readonly onOpen: (id: string | undefined) => void;
  readonly ref: Ref<HTMLDivElement>;
}

/** Every request, those that run first. */
export function LogTab({ error, ...list }: LogTabProps) {
  const { t } = useTranslation();
  return (
    <>
      {error !== undefined && <ErrorNote error={error} title={t('activity.openFailed')} />}
      <ActivityList {...list} />
    </>
  );
}
