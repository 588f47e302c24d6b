import type { Locator, Page } from '@playwright/test';

/** A file as a test makes it. */
interface FilePayload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** The Chat page: list, conversation, composer. */
export class ChatPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message', exact: true });
  }

  get sendButton(): Locator {
    return this.page.getByRole('button', { name: 'Send', exact: true });
  }

  get stopButton(): Locator {
    return this.page
      .getByRole('form', { name: 'Next message' })
      .getByRole('button', { name: 'Stop' });
  }

  get modelPicker(): Locator {
    return this.page.getByRole('button', { name: /^Model: / });
  }

  /** The list of conversations. */
  get list(): Locator {
    return this.page.getByRole('navigation', { name: 'Conversations' });
  }

  get search(): Locator {
    return this.list.getByRole('searchbox', { name: 'Search' });
  }

  get newChatButton(): Locator {
    return this.list.getByRole('button', { name: 'New chat' });
  }

  /** A conversation in the list, with its own buttons. */
  entry(title: string | RegExp): Locator {
    return this.list.getByRole('listitem').filter({ hasText: title }).first();
  }

  /** Every turn, oldest first. */
  get turns(): Locator {
    return this.page.getByRole('article');
  }

  /** The newest turn, which is an answer while one is being written. */
  get answer(): Locator {
    return this.turns.last();
  }

  /** The line under a finished answer, spoken as one sentence. */
  receipt(turn: Locator = this.answer): Locator {
    return turn.getByRole('button', { name: /to first token/ });
  }

  /** Says where an answer went on when its machine was lost. */
  get movedNote(): Locator {
    return this.answer.getByRole('note');
  }

  /** Who can read the next message, by person and machine. */
  get readers(): Locator {
    return this.page.getByText(/^Can read this: /);
  }

  /** The closed row over what the model thought. */
  thoughts(turn: Locator = this.answer): Locator {
    return turn.getByText(/^Thought/);
  }

  action(name: string | RegExp, turn: Locator = this.answer): Locator {
    return turn.getByRole('button', { name });
  }

  /** A picture of the message being written. */
  picture(name: string): Locator {
    return this.page
      .getByRole('form', { name: 'Next message' })
      .getByRole('list', { name: 'Files' })
      .getByRole('img', { name });
  }

  /** Begins a new conversation. */
  async startNew(): Promise<void> {
    await this.newChatButton.click();
    await this.turns.first().waitFor({ state: 'detached' });
  }

  /** Chooses the model for the next message by its name. */
  async choose(name: string): Promise<void> {
    await this.modelPicker.click();
    await this.page.getByRole('option').filter({ hasText: name }).first().click();
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.sendButton.click();
  }

  /** Adds files to the next message, and waits until none of them is being read any more. */
  async attach(files: readonly FilePayload[]): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.page.getByRole('button', { name: /^Attach/ }).click();
    await (await chooser).setFiles([...files]);
    const chips = this.page.getByRole('list', { name: 'Files' }).last();
    await chips.getByText(files[0]?.name ?? '').waitFor();
    await chips.getByText('Reading', { exact: true }).first().waitFor({ state: 'detached' });
  }

  /** Sends and waits until the answer is complete: its receipt is there. */
  async ask(text: string): Promise<Locator> {
    const before = await this.turns.count();
    await this.send(text);
    await this.turns.nth(before + 1).waitFor();
    await this.receipt().waitFor({ timeout: 60_000 });
    return this.answer;
  }
}
