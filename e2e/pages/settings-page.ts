import type { Locator, Page } from '@playwright/test';

/** The Settings page. Everything acts at once; there is no Save. */
export class SettingsPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  section(name: string): Locator {
    return this.page.getByRole('link', { name, exact: true });
  }

  choice(group: string, option: string): Locator {
    return this.page.getByRole('radiogroup', { name: group }).getByText(option, { exact: true });
  }
}
