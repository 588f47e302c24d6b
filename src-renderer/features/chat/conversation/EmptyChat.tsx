import { ArrowUp, Cloud } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { navigate } from '../../../router.ts';
import { useModels } from '../../../state/models.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { Note } from '../../../ui/Note.tsx';
import { Progress } from '../../../ui/Progress.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { isUsable, runsElsewhere } from '../state/model-choice.ts';
import { useReaders } from '../composer/use-readers.ts';
import type { ChatModel } from '../types.ts';
import styles from './EmptyChat.module.css';
import { ShowLog } from './ShowLog.tsx';

export interface EmptyChatProps {
  readonly chatId: string | undefined;
  readonly model: ChatModel | undefined;
  /** Puts a question into the composer; sending stays with the person. */
  readonly onSuggest: (text: string) => void;
}

/** A chat without messages: the model wakes up, or it is ready and says what it is good for. */
export function EmptyChat({ chatId, model, onSuggest }: EmptyChatProps) {
  const { t } = useTranslation();
  const isKnown = useModels((state) => state.models !== undefined);
  const error = useModels((state) => state.error);
  const { readers } = useReaders(chatId, model);
  if (model === undefined) {
    if (!isKnown)
      return (
        <div className={styles['empty']}>{error !== undefined && <ErrorNote error={error} />}</div>
      );
    return (
      <div className={styles['empty']}>
        <EmptyState
          title={t('chat.empty.noModelTitle')}
          action={
            <Button
              variant="primary"
              onClick={() => {
                navigate({ page: 'discover' });
              }}
            >
              {t('chat.empty.openDiscover')}
            </Button>
          }
        >
          {t('chat.empty.noModel')}
        </EmptyState>
      </div>
    );
  }
  return (
    <div className={styles['empty']}>
      {/* Why a model cannot be asked stands above the text that is written to it. */}
      {isUsable(model) && (
        <Greeting
          model={model}
          isPooled={readers !== undefined && readers.others.length > 0}
          onSuggest={onSuggest}
        />
      )}
    </div>
  );
}

interface GreetingProps {
  readonly model: ChatModel;
  /** Machines of a pool may answer, so what is written may leave this one. */
  readonly isPooled: boolean;
  readonly onSuggest: (text: string) => void;
}

function Greeting({ model, isPooled, onSuggest }: GreetingProps) {
  const { t } = useTranslation();
  const { state } = model;
  switch (state.phase) {
    case 'loading':
      return <WakingUp model={model} isPooled={isPooled} share={state.share} />;
    case 'failed':
      return (
        <Note
          tone="fail"
          title={t('chat.empty.failed', { model: model.name })}
          actions={
            <>
              <LoadButton model={model} label={t('chat.empty.loadAgain')} />
              <ShowLog />
            </>
          }
        >
          {sentence(state.reason)}
        </Note>
      );
    case 'installed':
      return (
        <>
          <h2 className={styles['title']}>{t('chat.empty.restingTitle', { model: model.name })}</h2>
          {model.pool === undefined ? (
            <>
              <p className={styles['lead']}>{t('chat.empty.resting')}</p>
              <LoadButton model={model} label={t('chat.empty.loadNow')} />
            </>
          ) : (
            <p className={styles['lead']}>
              {t('chat.empty.poolResting', { pool: model.pool.name })}
            </p>
          )}
        </>
      );
    case 'ready':
    case 'draining':
      return <Ready model={model} isPooled={isPooled} onSuggest={onSuggest} />;
  }
}

function LoadButton({ model, label }: { readonly model: ChatModel; readonly label: string }) {
  return (
    <Button
      onClick={() => {
        // A refusal arrives as the model's own state, with its reason.
        api.models.load({ id: model.id }).catch(() => undefined);
      }}
    >
      {label}
    </Button>
  );
}

interface WakingUpProps extends Omit<GreetingProps, 'onSuggest'> {
  readonly share: number;
}

function WakingUp({ model, isPooled, share }: WakingUpProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const quarter = Math.floor(share * 4) * 25;
  const label = t('chat.waiting.loading', { model: model.name });
  return (
    <>
      <h2 className={styles['title']}>{t('chat.empty.wakingTitle', { model: model.name })}</h2>
      <p className={styles['lead']}>{t(`chat.empty.${wakingWords(model, isPooled)}`)}</p>
      <div className={styles['basinRow']}>
        <Progress shape="basin" label={label} share={share} className={styles['basin']} />
        <div>
          <p className={styles['percent']}>{format.percent(share)}</p>
          <StateBadge tone="work">{label}</StateBadge>
        </div>
      </div>
      <p className={styles['note']}>{t('chat.empty.youMayType', { model: model.name })}</p>
      <p role="status" className="visually-hidden">
        {quarter > 0 ? `${label}: ${format.percent(quarter / 100)}` : label}
      </p>
    </>
  );
}

function wakingWords(model: ChatModel, isPooled: boolean) {
  if (isPooled) return 'wakingPooled';
  return model.source === 'bundled' ? 'guideWaking' : 'waking';
}

/** Questions whose answers Guide knows, and which are true of this version. Guide reads English only. */
const guideQuestions = ['local', 'private', 'graphics', 'gguf'] as const;

function Ready({ model, isPooled, onSuggest }: GreetingProps) {
  const { t } = useTranslation();
  const isGuide = model.source === 'bundled';
  return (
    <>
      {runsElsewhere(model) ? (
        <StateBadge tone="work" icon={Cloud} isBoxed className={styles['badge']}>
          {t('models.runsElsewhere')}
        </StateBadge>
      ) : (
        <StateBadge tone="ok" isBoxed className={styles['badge']}>
          {t('chat.empty.ready', { model: model.name })}
        </StateBadge>
      )}
      <h2 className={styles['title']}>{t('chat.empty.title')}</h2>
      <p className={styles['lead']}>
        {t(`chat.empty.${whereabouts(model, isPooled)}`, {
          ...{ model: model.name, server: model.server?.name ?? '', pool: model.pool?.name ?? '' },
        })}
      </p>
      {isGuide && (
        <ul className={styles['questions']} aria-label={t('chat.empty.questions')}>
          {guideQuestions.map((name) => {
            const question = t(`chat.question.${name}`);
            return (
              <li key={name}>
                <button
                  type="button"
                  className={styles['question']}
                  onClick={() => {
                    onSuggest(question);
                  }}
                >
                  {question}
                  <Icon of={ArrowUp} />
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

/** Who reads what is written here, as far as this window knows; the words are `chat.empty.<key>`. */
function whereabouts(model: ChatModel, isPooled: boolean) {
  if (model.pool !== undefined) return 'pool';
  if (model.source === 'bundled') return 'guide';
  if (model.source !== 'attached') return isPooled ? 'pooled' : 'other';
  return runsElsewhere(model) ? 'elsewhere' : 'attached';
}
