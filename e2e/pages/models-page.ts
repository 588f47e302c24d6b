import type { Locator, Page } from '@playwright/test';

/** The My Models page: what is here and what is loaded. */
export class ModelsPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  row(modelId: string): Locator {
    return this.page.getByRole('row').filter({ hasText: modelId });
  }

  loadButton(modelId: string): Locator {
    return this.row(modelId).getByRole('button', { name: /^Load\b/ });
  }

  unloadButton(modelId: string): Locator {
    return this.row(modelId).getByRole('button', { name: /^Unload\b/ });
  }

  optionsButton(modelId: string): Locator {
    return this.row(modelId).getByRole('button', { name: /^Options/ });
  }

  get optionsDialog(): Locator {
    return this.page.getByRole('dialog');
  }
}
