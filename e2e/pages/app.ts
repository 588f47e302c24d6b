import type { Locator, Page } from '@playwright/test';
import { ActivityPage } from './activity-page.ts';
import { ChatPage } from './chat-page.ts';
import { DiscoverPage } from './discover-page.ts';
import { ModelsPage } from './models-page.ts';
import { PoolPage } from './pool-page.ts';
import { ServerPage } from './server-page.ts';
import { SettingsPage } from './settings-page.ts';
import { SignInPage } from './sign-in-page.ts';

/** Pages that exist so far, as the rail names them. */
export const pageNames = [
  'Chat',
  'Discover',
  'My Models',
  'Pool',
  'Server',
  'Activity',
  'Settings',
] as const;
export type PageName = (typeof pageNames)[number];

const paths: Record<PageName, string> = {
  Chat: '/chat',
  Discover: '/discover',
  'My Models': '/models',
  Pool: '/pool',
  Server: '/server',
  Activity: '/activity',
  Settings: '/settings',
};

/** The whole window: rail and pages. Everything is found as a person finds it, by role and name. */
export class App {
  readonly page: Page;
  readonly chat: ChatPage;
  readonly discover: DiscoverPage;
  readonly models: ModelsPage;
  readonly pool: PoolPage;
  readonly server: ServerPage;
  readonly activity: ActivityPage;
  readonly settings: SettingsPage;
  readonly signInPage: SignInPage;
  private readonly origin: string;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.origin = origin;
    this.chat = new ChatPage(page);
    this.discover = new DiscoverPage(page);
    this.models = new ModelsPage(page);
    this.pool = new PoolPage(page);
    this.server = new ServerPage(page);
    this.activity = new ActivityPage(page);
    this.settings = new SettingsPage(page);
    this.signInPage = new SignInPage(page);
  }

  get rail(): Locator {
    return this.page.getByRole('navigation', { name: 'Pages' });
  }

  /** The sentence about something that has just happened, with what can be done about it. */
  toast(text: string | RegExp): Locator {
    return this.page.getByRole('status').filter({ hasText: text });
  }

  railLink(name: PageName): Locator {
    return this.rail.getByRole('link', { name, exact: true });
  }

  /** Opens a login address and waits until the window stands and is signed in. */
  async signIn(loginUrl: string): Promise<void> {
    // The window stands before its code is exchanged; only a session dials the live socket.
    const live = this.page.waitForEvent('websocket');
    await this.page.goto(loginUrl);
    await this.rail.waitFor();
    await live;
  }

  /** Goes to a page by its address; the session is kept in the browser. */
  async open(name: PageName): Promise<void> {
    await this.page.goto(this.origin + paths[name]);
    if (name === 'Chat') await this.chat.composer.waitFor();
    // A pool's page is headed by the pool's own name.
    else if (name === 'Pool') await this.page.getByRole('heading', { level: 1 }).waitFor();
    else await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }
}
