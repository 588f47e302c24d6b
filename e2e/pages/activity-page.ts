import type { Locator, Page } from '@playwright/test';

/** The Activity page: every request of every client. */
export class ActivityPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get rows(): Locator {
    return this.page.getByRole('table').getByRole('row');
  }

  /** Opens one request beside the list. */
  async openRow(text: string | RegExp): Promise<void> {
    await this.row(text).click();
  }

  /** Why the opened request went where it went. */
  get route(): Locator {
    return this.page.getByRole('region', { name: 'Why it went there' });
  }

  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text }).first();
  }
}
