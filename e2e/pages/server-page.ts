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

  keyRow(name: string): Locator {
    return this.page.getByRole('row').filter({ hasText: name });
  }
}
