import { ChevronRight, KeyRound } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { HubModelSummary } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { navigate } from '../../../router.ts';
import type { Route } from '../../../router.ts';
import { licenceName } from '../../../state/licence-name.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { Link } from '../../../ui/Link.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { Cell } from '../../../ui/Table.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { tasks } from './hub-question.ts';
import styles from './HubTable.module.css';
import { useHubSearch } from './search-store.ts';

export interface HubRowProps {
  readonly model: HubModelSummary;
}

/** One repository in one line. */
export const HubRow = memo(function HubRow({ model }: HubRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { repo, name, author } = model;
  const to: Route = { page: 'discover', repo };
  const remember = () => {
    useHubSearch.setState({ openedRepo: repo });
  };
  return (
    <tr
      className={styles['row']}
      onClick={(event) => {
        if (event.defaultPrevented) return;
        remember();
        navigate(to);
      }}
    >
      <Cell>
        <Link
          to={to}
          ref={focusIfOpened}
          data-row-focus
          data-repo={repo}
          className={styles['open']}
          onClick={(event) => {
            event.stopPropagation();
            remember();
          }}
        >
          {name}
        </Link>{' '}
        <span className={styles['author']}>{author}</span>
        <span data-narrow className={styles['second']}>
          <span>{format.parameters(model.parameterCount)}</span>
          <span>{t('discover.hub.downloads', { size: format.compact(model.downloads) })}</span>
        </span>
      </Cell>
      <Cell data-wide data-spare className={styles['quiet']}>
        {taskWord(model.task, t)}
      </Cell>
      <Cell data-wide data-spare className={styles['quiet']}>
        {model.licence === undefined ? '–' : licenceName(model.licence)}
      </Cell>
      <Cell isFigure data-wide>
        {format.parameters(model.parameterCount)}
      </Cell>
      <Cell isFigure data-wide className={styles['quiet']}>
        {format.compact(model.downloads)}
      </Cell>
      <Cell isFigure data-wide className={styles['quiet']}>
        {model.updatedAt === undefined ? '–' : format.moment(model.updatedAt, now)}
      </Cell>
      <Cell className={styles['state']}>
        <StateOf model={model} />
        <Icon of={ChevronRight} className={styles['chevron']} />
      </Cell>
    </tr>
  );
});

function StateOf({ model }: HubRowProps) {
  const { t } = useTranslation();
  if (model.isInstalled) return <StateBadge tone="ok">{t('discover.installed')}</StateBadge>;
  if (!model.isGated) return null;
  return (
    <span className={styles['gated']}>
      <Icon of={KeyRound} size={14} />
      {t('discover.hub.gated')}
    </span>
  );
}

/** Coming back from a model's page, the focus is where it left. */
function focusIfOpened(link: HTMLAnchorElement | null): void {
  const { openedRepo } = useHubSearch.getState();
  if (link === null || openedRepo === undefined || link.dataset['repo'] !== openedRepo) return;
  useHubSearch.setState({ openedRepo: undefined });
  link.focus();
}

/** The words for a task; the hub's own name for one that has none. */
function taskWord(task: string | undefined, t: (key: string) => string): string {
  if (task === undefined) return '–';
  return tasks.some((known) => known === task) ? t(`discover.task.${task}`) : task;
}
