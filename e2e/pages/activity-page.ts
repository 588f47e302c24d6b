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

  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text }).first();
  }
}
