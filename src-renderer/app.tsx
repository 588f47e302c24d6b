import { Suspense, lazy, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { AlertNews } from './frame/AlertNews.tsx';
import { DownloadNews } from './frame/DownloadNews.tsx';
import { ErrorBoundary } from './frame/ErrorBoundary.tsx';
import { FrameShortcuts } from './frame/FrameShortcuts.tsx';
import { KnockNews } from './frame/KnockNews.tsx';
import { OfflineNote } from './frame/OfflineNote.tsx';
import { StartNotes } from './frame/StartNotes.tsx';
import { Rail } from './frame/Rail.tsx';
import { UpdateNote } from './frame/UpdateNote.tsx';
import { isPageFor } from './frame/pages.ts';
import { JoinLanding } from './features/sign-in/JoinLanding.tsx';
import { SignInPage } from './features/sign-in/SignInPage.tsx';
import { navigate, useRoute } from './router.ts';
import type { Route } from './router.ts';
import { useConnection } from './state/connection.ts';
import { applyLanguage } from './state/language.ts';
import { useMe } from './state/me.ts';
import { useOpenedInvite } from './state/opened-invite.ts';
import { useSettings } from './state/settings.ts';
import { applyTheme } from './state/theme.ts';
import { Toaster } from './ui/Toaster.tsx';
import { TooltipGround } from './ui/Tooltip.tsx';
import styles from './app.module.css';

// Each page is its own file, so that the first paint does not wait for the others.
const files = {
  chat: () => import('./features/chat/ChatPage.tsx'),
  discover: () => import('./features/discover/DiscoverPage.tsx'),
  models: () => import('./features/models/ModelsPage.tsx'),
  pool: () => import('./features/pool/PoolPage.tsx'),
  server: () => import('./features/server/ServerPage.tsx'),
  activity: () => import('./features/activity/ActivityPage.tsx'),
  settings: () => import('./features/settings/SettingsPage.tsx'),
};
const ChatPage = lazy(() => files.chat().then((file) => ({ default: file.ChatPage })));
const DiscoverPage = lazy(() => files.discover().then((file) => ({ default: file.DiscoverPage })));
const ModelsPage = lazy(() => files.models().then((file) => ({ default: file.ModelsPage })));
const PoolPage = lazy(() => files.pool().then((file) => ({ default: file.PoolPage })));
const ServerPage = lazy(() => files.server().then((file) => ({ default: file.ServerPage })));
const ActivityPage = lazy(() => files.activity().then((file) => ({ default: file.ActivityPage })));
const SettingsPage = lazy(() => files.settings().then((file) => ({ default: file.SettingsPage })));

/** The whole window: the rail, one page, and what floats above both. */
export function App() {
  const { t } = useTranslation();
  const connection = useConnection();
  const route = usePermittedRoute();
  const invite = useOpenedInvite(({ link }) => link);
  useAppearance();
  useTitle(route);
  useEffect(fetchOtherPages, []);
  if (connection.phase === 'signed-out') {
    return (
      <TooltipGround>
        {invite === undefined ? (
          <SignInPage reason={connection.reason} />
        ) : (
          <JoinLanding link={invite} />
        )}
      </TooltipGround>
    );
  }
  return (
    <TooltipGround>
      <div className={styles['window']}>
        <a href="#content" className={styles['skip']} onClick={skipToContent}>
          {t('frame.skip')}
        </a>
        <Rail />
        <div className={styles['stage']}>
          <OfflineNote />
          <StartNotes />
          <UpdateNote />
          <div className={styles['page']}>
            <ErrorBoundary resetKey={route.page}>
              <Suspense>
                <CurrentPage route={route} />
              </Suspense>
            </ErrorBoundary>
          </div>
        </div>
        <FrameShortcuts />
        <DownloadNews />
        <KnockNews />
        <AlertNews />
        <Toaster />
      </div>
    </TooltipGround>
  );
}

/** The place on screen; a page that is not for this person gives way to the first one that is. */
function usePermittedRoute(): Route {
  const route = useRoute();
  const role = useMe(({ me }) => me?.role);
  const isPermitted = role === undefined || isPageFor(route.page, role);
  useEffect(() => {
    if (!isPermitted) navigate({ page: 'pool' }, { replace: true });
  }, [isPermitted]);
  return isPermitted ? route : { page: 'pool' };
}

function CurrentPage({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'chat':
      return <ChatPage chatId={route.chatId} />;
    case 'discover':
      return <DiscoverPage repo={route.repo} variant={route.variant} />;
    case 'models':
      return <ModelsPage />;
    case 'pool':
      return <PoolPage place={route.place} tab={route.tab} item={route.item} />;
    case 'server':
      return <ServerPage tab={route.tab} />;
    case 'activity':
      return <ActivityPage tab={route.tab} requestId={route.requestId} />;
    case 'settings':
      return <SettingsPage section={route.section} />;
  }
}

/** Once the first page stands the others are fetched, so that each opens also while Millpond is away. */
function fetchOtherPages(): () => void {
  const handle = requestIdleCallback(() => {
    // A page that could not be fetched now is fetched when it is opened.
    for (const fetchPage of Object.values(files)) fetchPage().catch(() => undefined);
  });
  return () => {
    cancelIdleCallback(handle);
  };
}

// The address keeps its path: a fragment would look like a place of its own.
function skipToContent(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function useAppearance(): void {
  const theme = useSettings(({ settings }) => settings?.theme);
  const language = useSettings(({ settings }) => settings?.language);
  useEffect(() => {
    if (theme !== undefined) applyTheme(theme);
  }, [theme]);
  useEffect(() => {
    if (language !== undefined) void applyLanguage(language);
  }, [language]);
}

function useTitle(route: Route): void {
  const { t } = useTranslation();
  const page = t(`frame.page.${route.page}`);
  useEffect(() => {
    document.title = `${page} · Millpond`;
  }, [page]);
}
