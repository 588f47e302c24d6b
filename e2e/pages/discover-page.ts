import type { Locator, Page } from '@playwright/test';

/** The Discover page: suggestions, search, one model's page, and the downloads under way. */
export class DiscoverPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get search(): Locator {
    return this.page.getByRole('searchbox', { name: /^Search Hugging Face/ });
  }

  /** A model in the list of the hub. */
  result(name: string): Locator {
    return this.page
      .getByRole('table', { name: 'On the Hub' })
      .getByRole('row')
      .filter({ hasText: name });
  }

  /** A quantization on the page of a model. */
  size(quantization: string): Locator {
    return this.page
      .getByRole('table', { name: 'Sizes' })
      .getByRole('row')
      .filter({ hasText: quantization });
  }

  downloadButton(name: string): Locator {
    return this.page.getByRole('button', { name: `Download ${name}`, exact: true });
  }

  /** Everything on its way to this disk. */
  get downloads(): Locator {
    return this.page.getByRole('region', { name: 'Downloads' });
  }

  progress(name: string): Locator {
    return this.downloads.getByRole('progressbar', { name: `Download of ${name}` });
  }

  pauseButton(name: string): Locator {
    return this.downloads.getByRole('button', { name: `Pause ${name}`, exact: true });
  }

  resumeButton(name: string): Locator {
    return this.downloads.getByRole('button', { name: `Resume ${name}`, exact: true });
  }

  get tokenField(): Locator {
    return this.page.getByRole('textbox', { name: 'Access token' });
  }

  get keepTokenButton(): Locator {
    return this.page.getByRole('button', { name: 'Keep the token' });
  }

  /** The sentence that says the hub does not answer, with what repairs it. */
  get unreachableNote(): Locator {
    return this.page.getByRole('status').filter({ hasText: 'does not answer' });
  }

  /** Gives the hub another address, in the note that asks for it. */
  async useAddress(url: string): Promise<void> {
    await this.unreachableNote.getByRole('button', { name: 'Another address' }).click();
    await this.page.getByRole('textbox', { name: 'Address of the hub' }).fill(url);
    await this.page.getByRole('button', { name: 'Use this address' }).click();
  }

  /** Finds a repository by a word of its name and opens its page. */
  async find(word: string, name: string): Promise<void> {
    await this.search.fill(word);
    await this.result(name).getByRole('link').click();
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }
}
