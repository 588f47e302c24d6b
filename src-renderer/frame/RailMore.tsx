import { Menu as MenuIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { entranceOf, navigate, useRoute } from '../router.ts';
import { FloatContainer } from '../ui/float-container.ts';
import { Icon } from '../ui/Icon.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import type { PageEntry } from './pages.ts';
import { RunningCount } from './RunningCount.tsx';
import { usePageCount } from './use-page-count.ts';
import { usePages } from './use-pages.ts';
import styles from './Rail.module.css';

/** The pages that have no room of their own in the bar of a narrow window. */
export function RailMore() {
  const { t } = useTranslation();
  const { page } = useRoute();
  const entries = usePages().filter(({ isUnderMore }) => isUnderMore === true);
  const isCurrent = entries.some((entry) => entry.page === page);
  const count = usePageCount('activity');
  const [place, setPlace] = useState<HTMLElement | null>(null);
  return (
    <li ref={setPlace} className={styles['more']}>
      {/* The menu stays a part of the pages' navigation, also for who listens to the page. */}
      <FloatContainer value={place}>
        <Menu
          trigger={
            <button
              type="button"
              aria-current={isCurrent ? 'true' : undefined}
              className={styles['item']}
            >
              <Icon of={MenuIcon} className={styles['icon']} />
              <span className={styles['word']}>{t('frame.more')}</span>
              <RunningCount page="activity" count={count} className={styles['count']} />
            </button>
          }
        >
          {entries.map((entry) => (
            <MoreItem key={entry.page} entry={entry} isCurrent={entry.page === page} />
          ))}
        </Menu>
      </FloatContainer>
    </li>
  );
}

interface MoreItemProps {
  readonly entry: PageEntry;
  readonly isCurrent: boolean;
}

function MoreItem({ entry, isCurrent }: MoreItemProps) {
  const { t } = useTranslation();
  const count = usePageCount(entry.page);
  return (
    <MenuItem
      icon={entry.icon}
      isCurrent={isCurrent}
      onSelect={() => {
        navigate(entranceOf(entry.page));
      }}
    >
      {t(`frame.page.${entry.page}`)}{' '}
      <RunningCount page={entry.page} count={count} className={styles['menuCount']} />
    </MenuItem>
  );
}
