import { useRef } from 'react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './Page.module.css';

export interface PageProps {
  /** Before the title, such as the way back. */
  readonly before?: ReactNode;
  readonly title: string;
  /** A few words or a state beside the title. */
  readonly aside?: ReactNode;
  /** Search and buttons at the right. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Details beside the content; on narrow windows they lie over it. */
  readonly panel?: ReactNode;
  /** Called when the content leaves its top or comes back to it. */
  readonly onTop?: (isAtTop: boolean) => void;
  /** Stays below the scrolling content. */
  readonly footer?: ReactNode;
  /** A region of its own below everything else, such as what is being downloaded. */
  readonly dock?: ReactNode;
}

/** The ground of every page but Chat: a title line, content that scrolls, and a panel beside it. */
export function Page(props: PageProps) {
  const { before, title, aside, actions, children, panel, footer, dock, onTop } = props;
  const wasAtTop = useRef(true);
  function watchTop(scroller: HTMLElement): void {
    const isAtTop = scroller.scrollTop < 8;
    if (isAtTop === wasAtTop.current) return;
    wasAtTop.current = isAtTop;
    onTop?.(isAtTop);
  }
  return (
    <div className={styles['page']}>
      <main id="content" tabIndex={-1} data-region className={styles['main']}>
        <div
          className={styles['scroll']}
          onScroll={(event) => {
            watchTop(event.currentTarget);
          }}
        >
          <header className={styles['header']}>
            <div className={styles['title']}>
              {before}
              <h1>{title}</h1>
              {aside}
            </div>
            {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
          </header>
          <div className={styles['content']}>{children}</div>
        </div>
        {footer !== undefined && <footer className={styles['footer']}>{footer}</footer>}
        {dock}
      </main>
      {panel}
    </div>
  );
}

export interface PageSectionProps {
  readonly title: string;
  /** Quiet words after the heading. */
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

/** A heading with what belongs to it. */
export function PageSection({ title, aside, actions, children, className }: PageSectionProps) {
  return (
    <section aria-label={title} className={classNames(styles['section'], className)}>
      <div className={styles['sectionHead']}>
        <h2>{title}</h2>
        {aside !== undefined && <span className={styles['aside']}>{aside}</span>}
        {actions !== undefined && <span className={styles['sectionActions']}>{actions}</span>}
      </div>
      {children}
    </section>
  );
}
