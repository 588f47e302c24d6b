import type { Locator, Page } from '@playwright/test';

/** The Chat page: list, conversation, composer. */
export class ChatPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  get sendButton(): Locator {
    return this.page.getByRole('button', { name: 'Send', exact: true });
  }

  get stopButton(): Locator {
    return this.page.getByRole('button', { name: 'Stop', exact: true });
  }

  get modelPicker(): Locator {
    return this.page.getByRole('button', { name: /^Model/ });
  }

  /** The list of conversations. */
  get list(): Locator {
    return this.page.getByRole('navigation', { name: 'Chats' });
  }

  get search(): Locator {
    return this.page.getByRole('searchbox', { name: 'Search chats' });
  }

  get newChatButton(): Locator {
    return this.page.getByRole('button', { name: 'New chat' });
  }

  /** Every turn, oldest first. */
  get turns(): Locator {
    return this.page.getByRole('article');
  }

  /** The newest turn, which is an answer while one is being written. */
  get answer(): Locator {
    return this.turns.last();
  }

  receipt(turn: Locator = this.answer): Locator {
    return turn.getByRole('group', { name: 'Receipt' });
  }

  thoughts(turn: Locator = this.answer): Locator {
    return turn.getByRole('button', { name: /^Thought/ });
  }

  action(name: string | RegExp, turn: Locator = this.answer): Locator {
    return turn.getByRole('button', { name });
  }

  /** Chooses the model for the next message. */
  async choose(modelId: string): Promise<void> {
    await this.modelPicker.click();
    await this.page.getByRole('option', { name: new RegExp(escapeForPattern(modelId)) }).click();
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.sendButton.click();
  }

  /** Sends and waits until the answer is complete: its receipt is there. */
  async ask(text: string): Promise<Locator> {
    await this.send(text);
    await this.receipt().waitFor({ timeout: 30_000 });
    return this.answer;
  }
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
