import type { Locator, Page } from '@playwright/test';

/** The My Models page: what is here and what is loaded. */
export class ModelsPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  row(name: string): Locator {
    return this.page
      .getByRole('table', { name: 'On this disk' })
      .getByRole('row')
      .filter({ hasText: name });
  }

  loadButton(name: string): Locator {
    return this.row(name).getByRole('button', { name: `Load ${name}`, exact: true });
  }

  unloadButton(name: string): Locator {
    return this.row(name).getByRole('button', { name: `Unload ${name}`, exact: true });
  }

  optionsButton(name: string): Locator {
    return this.row(name).getByRole('button', { name: `Options of ${name}` });
  }

  /** A field of the load options, which stand beside the table or over it. */
  option(label: string): Locator {
    return this.page.getByRole('textbox', { name: label, exact: true });
  }

  get applyButton(): Locator {
    return this.page.getByRole('button', { name: /^(Load|Reload) with these$/ });
  }
}
