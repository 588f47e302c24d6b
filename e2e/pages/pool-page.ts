import type { Locator, Page } from '@playwright/test';

type PoolTab =
  'Now' | 'Machines' | 'Members' | 'Invites' | 'Ledger' | 'Address' | 'This machine' | 'Pool';

/** The Pool page: starting, joining, inviting, sharing. */
export class PoolPage {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  // How one begins -------------------------------------------------------------------------------

  get joinCard(): Locator {
    return this.page.getByRole('region', { name: 'Join a pool' });
  }

  get startCard(): Locator {
    return this.page.getByRole('region', { name: 'Start a pool' });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** The pool of this name and its state stand in the head of the page. */
  title(name: string): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true });
  }

  /** Starts a pool; the owner's name and password are typed where none is set yet. */
  async start(name: string, owner?: { readonly name: string; readonly password: string }) {
    await this.startCard.getByRole('textbox', { name: 'Name of the pool' }).fill(name);
    await this.startCard.getByRole('button', { name: 'Start', exact: true }).click();
    if (owner !== undefined) {
      await this.dialog.getByLabel('Your name').fill(owner.name);
      await this.dialog.getByLabel('Password', { exact: true }).fill(owner.password);
      await this.dialog.getByLabel('Password again').fill(owner.password);
    }
    await this.dialog.getByRole('button', { name: 'Start the pool' }).click();
    await this.title(name).waitFor();
  }

  /** Pastes a link; the confirmation is on screen then. */
  async paste(link: string): Promise<void> {
    await this.joinCard.getByRole('textbox', { name: 'Invite link' }).fill(link);
    await this.joinCard.getByRole('button', { name: 'Join', exact: true }).click();
    await this.dialog.waitFor();
  }

  /** Confirms what `paste` or an opened link shows. */
  async confirmJoin(names: { readonly person?: string; readonly machine?: string } = {}) {
    const { person, machine } = names;
    if (person !== undefined) await this.dialog.getByLabel('Your name there').fill(person);
    if (machine !== undefined) await this.dialog.getByLabel('Name of this machine').fill(machine);
    await this.dialog.getByRole('button', { name: 'Join', exact: true }).click();
  }

  /** The name or words of an invite, by the fact's name: Gateway, Known by, You may. */
  fact(name: string): Locator {
    return this.dialog.getByRole('definition').filter({
      has: this.page.locator(`xpath=preceding-sibling::dt[normalize-space()="${name}"]`),
    });
  }

  nearbyPool(name: string): Locator {
    return this.page
      .getByRole('region', { name: 'Found on your network' })
      .getByRole('listitem')
      .filter({ hasText: name });
  }

  /** Asks a pool of this network to be let in. */
  async ask(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Ask to join ${name}` }).click();
    await this.dialog.getByRole('button', { name: 'Ask to join', exact: true }).click();
  }

  /** How the latest *Ask to join* stands: its words, or why not. */
  get request(): Locator {
    return this.page.getByRole('region', { name: 'Your request to join' });
  }

  /** The card of somebody who asks to be let in. */
  knock(who: string): Locator {
    return this.page.getByRole('status', { name: `${who} asks to join` });
  }

  // A pool that is held here ---------------------------------------------------------------------

  tab(name: PoolTab): Locator {
    return this.page.getByRole('tab', { name, exact: true });
  }

  async openInvite(): Promise<void> {
    await this.page.getByRole('button', { name: 'Invite', exact: true }).click();
  }

  /** Makes an invite as the dialog proposes it, and gives back its link. */
  async invite(options: { readonly rights?: 'Ask and share' | 'Ask only' | 'Share only' } = {}) {
    await this.openInvite();
    const { rights } = options;
    if (rights !== undefined) await this.dialog.getByText(rights, { exact: true }).click();
    await this.dialog.getByRole('button', { name: 'Make the invite' }).click();
    const link = await this.dialog.getByRole('textbox', { name: 'Link' }).inputValue();
    await this.dialog.getByRole('button', { name: 'Done' }).click();
    return link;
  }

  /** The same with the page's own *Copy*, as it lies on the clipboard then. */
  async inviteByCopy(): Promise<string> {
    await this.openInvite();
    await this.dialog.getByRole('button', { name: 'Make the invite' }).click();
    await this.dialog.getByRole('button', { name: 'Copy the link' }).click();
    await this.dialog.getByText('Copied').first().waitFor();
    await this.dialog.getByRole('button', { name: 'Done' }).click();
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** A line of one of the tables, by a word in it. */
  row(table: 'Invites' | 'Machines' | 'Members' | 'Given and taken', text: string): Locator {
    return this.page.getByRole('table', { name: table, exact: true }).getByRole('row').filter({
      hasText: text,
    });
  }

  async revokeInvite(row: Locator): Promise<void> {
    await row.getByRole('button', { name: /^Revoke the invite/ }).click();
    await this.dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  /** Whether others can come in, as the page's largest sentence. */
  get reach(): Locator {
    return this.page.getByRole('region', { name: 'Whether others can come in' });
  }

  // This machine as a host -----------------------------------------------------------------------

  get sharing(): Locator {
    return this.page.getByRole('region', { name: 'Sharing this machine' });
  }

  /** The sentence that says why this machine works for others or not. */
  get reason(): Locator {
    return this.sharing.getByRole('heading', { level: 2 });
  }

  async press(wish: 'Share' | 'Finish' | 'Pause'): Promise<void> {
    await this.sharing.getByText(wish, { exact: true }).click();
  }

  rule(name: string): Locator {
    return this.page.getByRole('switch', { name });
  }

  // A joined pool --------------------------------------------------------------------------------

  get wholePool(): Locator {
    return this.page.getByRole('region', { name: 'localhost is the whole pool' });
  }

  joinedModel(name: string): Locator {
    return this.page
      .getByRole('table', { name: 'Models of the pool' })
      .getByRole('row')
      .filter({ hasText: name });
  }

  async leave(): Promise<void> {
    await this.page.getByRole('button', { name: 'Leave', exact: true }).click();
    await this.dialog.getByRole('button', { name: 'Leave', exact: true }).click();
    await this.dialog.waitFor({ state: 'detached' });
  }
}
