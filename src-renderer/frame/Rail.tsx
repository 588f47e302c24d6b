import { useTranslation } from 'react-i18next';
import { entranceOf, navigate, useRoute } from '../router.ts';
import { useShortcut } from '../state/shortcuts.ts';
import { Icon } from '../ui/Icon.tsx';
import { Link } from '../ui/Link.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { Mark } from './Mark.tsx';
import type { PageEntry } from './pages.ts';
import { RailFoot } from './RailFoot.tsx';
import { RailMore } from './RailMore.tsx';
import { RunningCount } from './RunningCount.tsx';
import { usePageCount } from './use-page-count.ts';
import { usePages } from './use-pages.ts';
import styles from './Rail.module.css';

/** All pages, and what this machine does. A bar at the bottom of narrow windows. */
export function Rail() {
  const { t } = useTranslation();
  return (
    <header className={styles['rail']} data-shell={globalThis.window.millpondShell?.platform}>
      <p className={styles['brand']}>
        <Mark />
        <span>Millpond</span>
      </p>
      <nav aria-label={t('frame.pages')} tabIndex={-1} data-region className={styles['nav']}>
        <ul className={styles['list']}>
          {usePages().map((entry) => (
            <RailItem key={entry.page} entry={entry} />
          ))}
          <RailMore />
        </ul>
      </nav>
      <RailFoot />
    </header>
  );
}

function RailItem({ entry }: { readonly entry: PageEntry }) {
  const { t } = useTranslation();
  const isCurrent = useRoute().page === entry.page;
  const count = usePageCount(entry.page);
  const label = t(`frame.page.${entry.page}`);
  useShortcut({
    keys: entry.keys,
    labelKey: `frame.page.${entry.page}`,
    run: () => {
      navigate(entranceOf(entry.page));
    },
  });
  return (
    <li data-under-more={entry.isUnderMore}>
      <Tooltip text={label} shortcut={entry.keys} side="right">
        <Link
          to={entranceOf(entry.page)}
          aria-current={isCurrent ? 'page' : undefined}
          className={styles['item']}
        >
          <Icon of={entry.icon} className={styles['icon']} />
          <span className={styles['word']}>{label}</span>
          <RunningCount page={entry.page} count={count} className={styles['count']} />
        </Link>
      </Tooltip>
    </li>
  );
}
