import type { Locator, Page } from '@playwright/test';

/** What stands in place of the window while nobody is signed in. */
export class SignInPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get title(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }

  /** Why the last try was refused. */
  get refusal(): Locator {
    return this.page.getByRole('alert').or(this.page.getByRole('status'));
  }

  /** Goes on as whom a reverse proxy in front has signed in. */
  continueAs(name: string): Locator {
    return this.page.getByRole('button', { name: `Continue as ${name}` });
  }

  async signIn(password: string, name = ''): Promise<void> {
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** The first owner of a headless gateway, with the code of its log. */
  async setUp(code: string, name: string, password: string): Promise<void> {
    await this.page.getByLabel('Code from the log').fill(code);
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByLabel('Password again').fill(password);
    await this.page.getByRole('button', { name: 'Set up', exact: true }).click();
  }

  /** The way into the app for somebody who opened an invite in a browser. */
  get openInApp(): Locator {
    return this.page.getByRole('link', { name: 'Open in Millpond' });
  }
}
