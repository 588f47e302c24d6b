import type { TFunction } from 'i18next';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { RequestRecord, RouteDecision } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { AliasSteps } from './AliasSteps.tsx';
import {
  chosenOf,
  inOrder,
  isSoonest,
  longestOf,
  membersBefore,
  outcomeOf,
  partsOf,
  rivalsOf,
  tokensBeforeMove,
} from './route-figures.ts';
import type { Candidate } from './route-figures.ts';
import styles from './RouteSection.module.css';

export interface RouteSectionProps {
  readonly request: RequestRecord;
}

/** Why it went there: one sentence, what each machine was expected to take, and what was tried. */
export function RouteSection({ request }: RouteSectionProps) {
  const { t } = useTranslation();
  const { route } = request;
  if (route === undefined) return <ShortRoute request={request} />;
  const longest = longestOf(route);
  return (
    <section aria-label={t('activity.route.title')} className={styles['route']}>
      <h3>{t('activity.route.title')}</h3>
      <RouteSentence request={request} route={route} />
      {route.alias !== undefined && <AliasSteps alias={route.alias} />}
      {route.candidates.length > 0 && (
        <>
          <h4>{t('activity.route.candidates')}</h4>
          <ul aria-label={t('activity.route.candidates')} className={styles['candidates']}>
            {inOrder(route).map((candidate) => (
              <CandidateRow
                key={`${candidate.model ?? ''} ${candidate.upstream}`}
                {...{ candidate, route, longest }}
              />
            ))}
          </ul>
        </>
      )}
      {route.attempts.length > 0 && (
        <>
          <h4>{t('activity.route.attempts')}</h4>
          <ol className={styles['attempts']}>
            {route.attempts.map((attempt) => (
              <Attempt key={`${attempt.upstream} ${String(attempt.startedMs)}`} attempt={attempt} />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

/** Where there was nothing to choose it is still said who answered for what was asked. */
function ShortRoute({ request }: RouteSectionProps) {
  const { t } = useTranslation();
  const words = namesOf(request, t);
  if (words.length === 0) return null;
  return (
    <section aria-label={t('activity.route.title')} className={styles['route']}>
      <h3>{t('activity.route.title')}</h3>
      <p>{words.join(' ')}</p>
    </section>
  );
}

/** What an alias came to, and who beyond the machines answered. */
function namesOf({ alias, model, provider, isCached }: RequestRecord, t: TFunction): string[] {
  return [
    ...(isCached === true ? [t('activity.route.cache')] : []),
    ...(alias === undefined ? [] : [t('activity.route.alias', { alias, model })]),
    ...(provider === undefined ? [] : [t('activity.route.provider', { provider })]),
  ];
}

interface RouteSentenceProps extends RouteSectionProps {
  readonly route: RouteDecision;
}

function RouteSentence({ request, route }: RouteSentenceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const moved = request.movedFrom ?? [];
  const chosen = chosenOf(route);
  const whyChosen = (candidate: Candidate) => {
    if (route.isSticky) return 'sticky';
    return isSoonest(candidate, route) ? 'chosen' : 'free';
  };
  const words = [
    ...namesOf(request, t),
    ...membersBefore(route).map(({ model, outcome }) =>
      t(`activity.route.before.${outcome}`, { model }),
    ),
    moved.length > 0 &&
      t('activity.route.moved', {
        from: moved.join(', '),
        to: request.machine ?? '–',
        token: format.count(tokensBeforeMove(route)),
      }),
    moved.length === 0 &&
      chosen !== undefined &&
      // Behind an alias a member that one place alone has needs no reason beyond the order.
      (route.alias === undefined || rivalsOf(chosen, route).length > 1) &&
      t(`activity.route.${whyChosen(chosen)}`, { machine: chosen.machine }),
    chosen === undefined && t('activity.route.none'),
    route.queuedMs >= 1 && t('activity.route.queued', { time: format.duration(route.queuedMs) }),
  ];
  return <p>{words.filter((word) => word !== false).join(' ')}</p>;
}

interface CandidateRowProps {
  readonly candidate: Candidate;
  readonly route: RouteDecision;
  readonly longest: number;
}

function CandidateRow({ candidate, route, longest }: CandidateRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { machine, expectedMs, excluded, isChosen, cachedTokens } = candidate;
  const parts = partsOf(candidate, longest);
  const details = [
    ...parts.map(({ part, ms }) =>
      t('activity.route.part', { part: t(`activity.route.${part}`), time: format.duration(ms) }),
    ),
    ...(cachedTokens !== undefined && cachedTokens > 0
      ? [t('activity.route.cached', { count: cachedTokens, tokens: format.count(cachedTokens) })]
      : []),
  ];
  return (
    <li className={styles['candidate']} data-excluded={excluded !== undefined || undefined}>
      <span className={styles['head']}>
        <b>{machine}</b>
        {candidate.model !== undefined && <code>{candidate.model}</code>}
        {isChosen && <ChosenBadge outcome={outcomeOf(candidate, route)} />}
        <span className={styles['figure']}>{format.duration(expectedMs)}</span>
      </span>
      {excluded === undefined ? (
        <>
          <span aria-hidden className={styles['bar']}>
            {parts.map(({ part, share }) => (
              <span
                key={part}
                data-part={part}
                style={{ '--share': `${String(share * 100)}%` } as CSSProperties}
              />
            ))}
          </span>
          <span className={styles['detail']}>{details.join(' · ')}</span>
        </>
      ) : (
        <span className={styles['detail']}>{sentence(excluded)}</span>
      )}
    </li>
  );
}

/** Where several members of an alias were asked, only the one that answered was the choice. */
function ChosenBadge({ outcome }: { readonly outcome: ReturnType<typeof outcomeOf> }) {
  const { t } = useTranslation();
  if (outcome === 'failed') {
    return <StateBadge tone="fail">{t('activity.route.outcome.failed')}</StateBadge>;
  }
  if (outcome === 'left-line') {
    return <StateBadge tone="slow">{t('activity.route.outcome.left-line')}</StateBadge>;
  }
  return <StateBadge tone="ok">{t('activity.route.isChosen')}</StateBadge>;
}

function Attempt({ attempt }: { readonly attempt: RouteDecision['attempts'][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { machine, tokens, failure, startedMs } = attempt;
  const at = format.duration(startedMs);
  return (
    <li>
      <StateBadge tone={failure === undefined ? 'ok' : 'fail'}>{machine}</StateBadge>
      <span className={styles['detail']}>
        {/* Providers do not tell their tokens one by one: nothing counted is not none. */}
        {tokens > 0
          ? t('activity.route.attempt', { count: tokens, tokens: format.count(tokens), at })
          : t('activity.route.begun', { at })}
        {failure !== undefined && ` ${sentence(failure.message)}`}
      </span>
    </li>
  );
}
