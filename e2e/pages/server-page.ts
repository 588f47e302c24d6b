import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

export const serverViews = {
  Overview: '/server',
  People: '/server/people',
  Keys: '/server/keys',
  Providers: '/server/providers',
  'Models and prices': '/server/models',
  Config: '/server/config',
} as const;
export type ServerView = keyof typeof serverViews;

/** The Server page: address, people, keys, providers, prices, config. */
export class ServerPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** One of the page's views. */
  view(name: ServerView): Locator {
    return this.page.getByRole('tab', { name, exact: true });
  }

  /** Goes to a view as a person does; the Server page is open. */
  async openView(name: ServerView): Promise<void> {
    await this.view(name).click();
    await expect(this.view(name)).toHaveAttribute('data-state', 'active');
  }

  get address(): Locator {
    return this.page.getByText(/^http:\/\/127\.0\.0\.1:\d+\/v1$/).first();
  }

  /** What to paste into which program. */
  get useItFrom(): Locator {
    return this.page.getByRole('region', { name: 'Use it from' });
  }

  snippetTab(name: string): Locator {
    return this.useItFrom.getByRole('tab', { name, exact: true });
  }

  get snippet(): Locator {
    return this.useItFrom.getByRole('tabpanel');
  }

  get keylessSwitch(): Locator {
    return this.page.getByRole('switch', { name: 'No key needed on this machine' });
  }

  get newKeyButton(): Locator {
    return this.page.getByRole('button', { name: 'New key', exact: true });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  get addServerButton(): Locator {
    return this.page.getByRole('button', { name: 'Add a server' });
  }

  /** The card of a provider. */
  provider(name: string): Locator {
    return this.page.getByRole('listitem', { name, exact: true });
  }

  /** The card of a server that somebody else runs. */
  otherServer(name: string): Locator {
    return this.page
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('button', { name: `More about ${name}` }) });
  }

  /** The list of its models, which is folded. */
  async unfoldModels(name: string): Promise<void> {
    await this.otherServer(name).locator('summary').click();
  }

  /** Attaches a server as a person does. */
  async addServer(url: string, name: string): Promise<void> {
    await this.addServerButton.click();
    await this.dialog.getByRole('textbox', { name: 'Address' }).fill(url);
    await this.dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await this.dialog.getByRole('button', { name: 'Attach' }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  /** Gives a model of a server another name here. */
  async rename(upstreamName: string, name: string): Promise<void> {
    const field = this.page.getByRole('textbox', { name: `Name of ${upstreamName} here` });
    await field.fill(name);
    await field.press('Enter');
  }

  keyRow(name: string): Locator {
    return this.page.getByRole('row').filter({ hasText: name });
  }
}
