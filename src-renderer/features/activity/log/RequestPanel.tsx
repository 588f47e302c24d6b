import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { RequestRecord } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import type { Format } from '../../../i18n/format.ts';
import { isRunning } from '../../../state/activity.ts';
import { useMay } from '../../../state/may.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import { Note } from '../../../ui/Note.tsx';
import { SidePanel } from '../../../ui/SidePanel.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { useNow } from '../../../ui/use-now.ts';
import { callerName, costWords, machineWords } from './ActivityRow.tsx';
import { decodeRate, requestTones } from './request-figures.ts';
import { RouteSection } from './RouteSection.tsx';
import { TimeSpans } from './TimeSpans.tsx';
import styles from './RequestPanel.module.css';

export interface RequestPanelProps {
  readonly request: RequestRecord;
  readonly onClose: () => void;
}

/** One request: what became of it, where its time went, and what it took. */
export function RequestPanel({ request, onClose }: RequestPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const cancel = useDeed();
  const mayCancel = useMay('cancelRequests');
  return (
    <SidePanel
      title={t('activity.details')}
      subtitle={`${format.momentOf(request.startedAt, now)} · ${request.model}`}
      takesFocus
      onClose={onClose}
    >
      <div className={styles['state']}>
        <StateBadge tone={requestTones[request.state]} isBoxed>
          {t(`activity.state.${request.state}`)}
        </StateBadge>
        {isRunning(request) && mayCancel && (
          <Button
            variant="danger"
            size="row"
            busyLabel={cancel.isBusy ? t('activity.cancelling') : undefined}
            onClick={() =>
              void cancel.run(async () => {
                await api.activity.cancel({ id: request.id });
              })
            }
          >
            {t('activity.cancel')}
          </Button>
        )}
      </div>
      {cancel.error && <ErrorNote error={cancel.error} title={t('activity.cancelFailed')} />}
      {request.error && (
        <Note
          // Somebody who left has lost nothing.
          tone={request.state === 'cancelled' ? 'quiet' : 'fail'}
          title={request.error.message}
        />
      )}
      <RouteSection request={request} />
      <TimeSpans request={request} />
      <section aria-label={t('activity.facts')} className={styles['facts']}>
        <h3>{t('activity.facts')}</h3>
        <Facts facts={factsOf(request, { t, format })} />
      </section>
      <div className={styles['id']}>
        <span>{t('activity.fact.id')}</span>
        <CopyButton text={request.id} label={t('activity.copyId')} />
        <code>{request.id}</code>
      </div>
    </SidePanel>
  );
}

interface Words {
  readonly t: TFunction;
  readonly format: Format;
}

function factsOf(request: RequestRecord, { t, format }: Words) {
  const { usage } = request;
  const tokens =
    usage === undefined
      ? t('common.unknown')
      : t('activity.tokens', {
          prompt: format.count(usage.promptTokens),
          cached: format.count(usage.cachedTokens),
          completion: format.count(usage.completionTokens),
        });
  return [
    { name: t('activity.column.caller'), value: callerName(request.caller, t) },
    { name: t('activity.fact.client'), value: request.client || t('common.unknown') },
    { name: t('activity.column.machine'), value: machineWords(request, t) },
    ...(request.alias === undefined
      ? []
      : [{ name: t('activity.fact.alias'), value: <code>{request.alias}</code> }]),
    { name: t('activity.column.model'), value: <code>{request.model}</code> },
    {
      name: t('activity.fact.task'),
      value: t(`activity.task.${request.task}`, { defaultValue: request.task }),
    },
    { name: t('activity.fact.path'), value: <code>{request.path}</code> },
    {
      name: t('activity.fact.answer'),
      value: request.streamed ? t('activity.streamed') : t('activity.inOnePiece'),
    },
    ...(request.status === undefined
      ? []
      : [{ name: t('activity.fact.status'), value: String(request.status) }]),
    { name: t('activity.fact.tokens'), value: tokens },
    { name: t('activity.column.rate'), value: format.rate(decodeRate(request)) },
    { name: t('activity.column.cost'), value: costSentence(request, { t, format }) },
    ...(request.creditMicros === undefined || request.creditMicros === 0
      ? []
      : [{ name: t('activity.fact.credit'), value: format.money(request.creditMicros) }]),
    ...(request.tags === undefined || request.tags.length === 0
      ? []
      : [{ name: t('activity.fact.tags'), value: request.tags.join(', ') }]),
  ];
}

/** The figure, and why it is that: unknown is never nothing, and one's own machines cost nothing. */
function costSentence(request: RequestRecord, { t, format }: Words): string {
  const figure = costWords(request, t, format);
  if (request.isUnpriced === true) return t('activity.cost.unpriced');
  if (request.isCached === true) return t('activity.cost.cached', { figure });
  const { provider, machine, costMicros } = request;
  // A request that was refused cost nothing anywhere.
  const isOwn = provider === undefined && machine !== undefined && costMicros === 0;
  return isOwn ? t('activity.cost.own', { figure }) : figure;
}
