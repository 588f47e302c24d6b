import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RequestRecord } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import type { Format } from '../../../i18n/format.ts';
import { isRunning } from '../../../state/activity.ts';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { Cell } from '../../../ui/Table.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { decodeRate, firstTokenMs, requestTones } from './request-figures.ts';
import styles from './ActivityRow.module.css';

export interface ActivityRowProps {
  readonly request: RequestRecord;
  readonly isOpen: boolean;
  readonly onOpen: (id: string) => void;
}

/** One request in one line. Rows whose request did not change are not drawn again. */
export const ActivityRow = memo(function ActivityRow({
  request,
  isOpen,
  onOpen,
}: ActivityRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  // A row of another day says so, also once midnight has passed.
  const today = useNow(60_000);
  // What a browser calls itself says nothing about this very window.
  const hasClient = request.client !== '' && request.caller !== 'window';
  const state = (
    <StateBadge tone={requestTones[request.state]}>
      {t(`activity.state.${request.state}`)}
    </StateBadge>
  );
  return (
    <tr
      className={styles['row']}
      data-open={isOpen || undefined}
      onClick={() => {
        onOpen(request.id);
      }}
    >
      <Cell className={styles['time']}>
        <button
          type="button"
          data-row-focus
          aria-expanded={isOpen}
          aria-label={t('activity.open', {
            time: format.momentOf(request.startedAt, today),
            model: request.model,
          })}
        >
          {format.momentOf(request.startedAt, today)}
        </button>
        <span data-narrow className={styles['second']}>
          {state}
          <span>{callerName(request.caller, t)}</span>
          <code>{request.model}</code>
        </span>
      </Cell>
      <Cell data-wide>{state}</Cell>
      <Cell data-wide className={styles['caller']}>
        {callerName(request.caller, t)}
        {hasClient && (
          <span data-client className={styles['client']}>
            {request.client}
          </span>
        )}
      </Cell>
      <ModelCell request={request} />
      <Cell data-wide data-spare>
        {machineWords(request, t)}
      </Cell>
      <FigureCells request={request} />
    </tr>
  );
});

/** What was asked for, and behind an alias who that was. */
function ModelCell({ request: { alias, model } }: { readonly request: RequestRecord }) {
  return (
    <Cell data-wide className={styles['model']}>
      <code>{alias ?? model}</code>
      {alias !== undefined && (
        <span data-client className={styles['client']}>
          {model}
        </span>
      )}
    </Cell>
  );
}

/** The measured figures; the duration of a running request counts on. */
function FigureCells({ request }: { readonly request: RequestRecord }) {
  const { t } = useTranslation();
  const format = useFormat();
  const running = isRunning(request);
  const now = useNow(1000, running);
  const elapsed = running ? Math.max(0, now - request.startedAt) : request.durationMs;
  return (
    <>
      <Cell isFigure data-wide>
        {format.duration(firstTokenMs(request))}
      </Cell>
      <Cell isFigure data-wide>
        {format.rate(decodeRate(request))}
      </Cell>
      <Cell isFigure data-wide data-spare>
        {costWords(request, t, format)}
      </Cell>
      <Cell isFigure>{format.duration(elapsed)}</Cell>
    </>
  );
}

/** The two callers that are no key's name have words of their own. */
export function callerName(caller: string, t: (key: string) => string): string {
  return caller === 'window' || caller === 'keyless' ? t(`activity.caller.${caller}`) : caller;
}

/** Who answered, behind the machines that it came over from. */
export function machineWords(request: RequestRecord, t: (key: string) => string): string {
  const { machine, provider, movedFrom = [], isCached } = request;
  const last = isCached === true ? t('activity.fromCache') : (provider ?? machine ?? '–');
  return [...movedFrom, last].join(' → ');
}

/** What it cost; a price that is not known is said, and a running request has cost nothing yet. */
export function costWords(
  request: RequestRecord,
  t: (key: string) => string,
  format: Pick<Format, 'money'>,
): string {
  return request.isUnpriced === true ? t('common.unknown') : format.money(request.costMicros);
}
