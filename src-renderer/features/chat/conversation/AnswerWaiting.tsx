import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { Progress } from '../../../ui/Progress.tsx';
import { Slots } from '../../../ui/Slots.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { readyInstead } from '../state/model-choice.ts';
import { useChatModels } from '../state/use-chat-models.ts';
import type { AssistantMessage, ChatModel } from '../types.ts';
import styles from './AnswerWaiting.module.css';
import { PoolWaiting } from './PoolWaiting.tsx';
import { useElapsedSeconds } from './use-elapsed.ts';

export interface AnswerWaitingProps {
  readonly answer: AssistantMessage;
  readonly onStop: () => void;
  /** Gives this one up and asks another model. */
  readonly onUseInstead: (modelId: string) => void;
}

/** Stands where the answer will stand: the model loads, the request is in line, or the prompt is read. */
export function AnswerWaiting({ answer, onStop, onUseInstead }: AnswerWaitingProps) {
  const models = useChatModels();
  const model = models.find(({ id }) => id === answer.model);
  const other = readyInstead(models, answer.model);
  const phase = model?.state.phase;
  const ways = <Ways instead={other} onStop={onStop} onUseInstead={onUseInstead} />;
  const { progress } = answer;
  if (progress?.phase === 'queued' || progress?.phase === 'loading') {
    const name = model?.name ?? answer.model;
    return <PoolWaiting name={name} progress={progress} startedAt={answer.createdAt} ways={ways} />;
  }
  if (model?.pool !== undefined) return <Reading startedAt={answer.createdAt} />;
  if (model !== undefined && phase !== 'ready' && phase !== 'draining') {
    return <ColdStart model={model} startedAt={answer.createdAt} ways={ways} />;
  }
  const loaded = model?.loaded;
  const isFull = loaded !== undefined && loaded.busySlots >= loaded.slots && loaded.queued > 0;
  return isFull ? (
    <InLine startedAt={answer.createdAt} loaded={loaded} ways={ways} />
  ) : (
    <Reading startedAt={answer.createdAt} />
  );
}

/** No percent exists here, so nothing moves but the seconds. */
function Reading({ startedAt }: { readonly startedAt: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const seconds = useElapsedSeconds(startedAt);
  return (
    <p className={styles['line']}>
      <StateBadge tone="work">{t('chat.waiting.reading')}</StateBadge>
      <span>{t('chat.waiting.since', { seconds: format.count(seconds) })}</span>
    </p>
  );
}

interface InLineProps {
  readonly startedAt: number;
  readonly loaded: NonNullable<ChatModel['loaded']>;
  readonly ways: ReactNode;
}

/** Every slot answers somebody else. */
function InLine({ startedAt, loaded, ways }: InLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const seconds = useElapsedSeconds(startedAt);
  return (
    <section className={styles['card']} aria-label={t('chat.waiting.inLine')}>
      <div className={styles['head']}>
        <StateBadge tone="waiting">{t('chat.waiting.inLine')}</StateBadge>
        <span className={styles['percent']}>
          {t('chat.waiting.since', { seconds: format.count(seconds) })}
        </span>
      </div>
      <p className={styles['slots']}>
        <Slots busy={loaded.busySlots} total={loaded.slots} queued={loaded.queued} />
        {t('chat.waiting.busy', {
          busy: format.count(loaded.busySlots),
          slots: format.count(loaded.slots),
          queued: format.count(loaded.queued),
        })}
      </p>
      {ways}
    </section>
  );
}

interface ColdStartProps {
  readonly model: ChatModel;
  readonly startedAt: number;
  readonly ways: ReactNode;
}

function ColdStart({ model, startedAt, ways }: ColdStartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const seconds = useElapsedSeconds(startedAt);
  const share = model.state.phase === 'loading' ? model.state.share : undefined;
  const title = t('chat.waiting.loading', { model: model.name });
  return (
    <section className={styles['card']} aria-label={title}>
      <div className={styles['head']}>
        <StateBadge tone="work">{title}</StateBadge>
        <span className={styles['percent']}>
          {share === undefined
            ? t('chat.waiting.since', { seconds: format.count(seconds) })
            : format.percent(share)}
        </span>
      </div>
      <Progress label={title} share={share} />
      <p className={styles['note']}>
        {t('chat.waiting.size', { size: format.bytes(model.sizeBytes) })}
      </p>
      {ways}
    </section>
  );
}

interface WaysProps {
  readonly instead: ChatModel | undefined;
  readonly onStop: () => void;
  readonly onUseInstead: (modelId: string) => void;
}

/** Out of the wait: a model that can answer at once, or not at all. */
function Ways({ instead, onStop, onUseInstead }: WaysProps) {
  const { t } = useTranslation();
  return (
    <div className={styles['ways']}>
      {instead !== undefined && (
        <Button
          onClick={() => {
            onUseInstead(instead.id);
          }}
        >
          {t('chat.waiting.instead', { model: instead.name })}
        </Button>
      )}
      <Button variant="quiet" onClick={onStop}>
        {t('chat.cancel')}
      </Button>
    </div>
  );
}
