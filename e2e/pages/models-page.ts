import type { Locator, Page } from '@playwright/test';

/** The My Models page: what is here and what is loaded. */
export class ModelsPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  row(name: string): Locator {
    return this.page
      .getByRole('table', { name: /^On this disk/ })
      .getByRole('row')
      .filter({ hasText: name });
  }

  /** Opens what can be done with a model and chooses one of it. */
  async choose(name: string, deed: string | RegExp): Promise<void> {
    await this.row(name)
      .getByRole('button', { name: `More about ${name}` })
      .click();
    await this.page.getByRole('menuitem', { name: deed }).click();
  }

  /** What other programs keep on this disk, offered. */
  get foundBanner(): Locator {
    return this.page.getByRole('region', { name: 'Models of other programs' });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Imports by path and leaves the file where it is. */
  async importFrom(path: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Import', exact: true }).click();
    await this.dialog.getByRole('textbox', { name: 'Where it is' }).fill(path);
    await this.dialog.getByRole('button', { name: 'Import', exact: true }).click();
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
