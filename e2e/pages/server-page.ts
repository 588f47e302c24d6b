import type { Locator, Page } from '@playwright/test';

/** The Server page: address, snippets, keys. */
export class ServerPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get address(): Locator {
    return this.page.getByText(/^http:\/\/127\.0\.0\.1:\d+\/v1$/).first();
  }

  snippetTab(name: 'curl' | 'Python' | 'JavaScript'): Locator {
    return this.page.getByRole('tab', { name });
  }

  get snippet(): Locator {
    return this.page.getByRole('tabpanel');
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
