import { toString } from 'qrcode';
import type { Reach } from '../contract/pools.ts';
import { attachOrFail } from './connection.ts';
import { heldPool, pick } from './find-pool.ts';
import { printList, readList } from './invite-list.ts';
import { endOf } from './moments.ts';
import type { VerbContext } from './verb.ts';

export interface InviteOptions {
  readonly pool?: string;
  readonly uses?: number;
  /** Milliseconds from now; infinite: never. */
  readonly expires: number;
  readonly role: 'admin' | 'member' | 'viewer';
  readonly trust: 'own' | 'trusted' | 'guest';
  readonly rights: 'serve-and-ask' | 'ask' | 'serve';
  readonly models?: readonly string[];
  readonly qr?: boolean;
  /** A file with one invite a line. */
  readonly csv?: string;
}

/** Makes an invite and prints the text to send, with its link; with a list, one for each line. */
export async function invite(context: VerbContext, options: InviteOptions): Promise<void> {
  const { deps, output } = context;
  const list = options.csv === undefined ? undefined : await readList(context, options.csv);
  const { client } = await attachOrFail(deps);
  const { pools, reach } = await client.pools.list({});
  const pool = pick(pools, options.pool, heldPool);
  const warning = warningFor(reach);
  if (warning !== undefined) output.remark(warning);
  const terms = { id: pool.id, ...termsOf(options) };
  if (list !== undefined) {
    // A line names one person: its invite lets in one device unless something else is said.
    printList(output, await client.pools.createInvites({ maxUses: 1, ...terms, csv: list }));
    return;
  }
  const made = await client.pools.createInvite(terms);
  if (output.isJson) {
    const { link, text } = made;
    output.json({ invite: made.invite, link, text });
    return;
  }
  output.line(made.text);
  if (options.qr) output.write(`\n${await toString(made.link, { type: 'utf8' })}\n`);
}

function termsOf({ role, trust, rights, uses, models, expires }: InviteOptions) {
  const expiresAt = endOf(expires);
  return {
    ...{ role, trust, rights },
    ...(uses !== undefined && { maxUses: uses }),
    ...(models !== undefined && { models: [...models] }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** Said before the invite is sent to somebody for whom it cannot work. */
function warningFor({ verdict }: Reach): string | undefined {
  switch (verdict) {
    case 'carrier-nat':
      return 'Your provider lets nobody in from outside: this invite works only in this network, or over an overlay network such as Tailscale.';
    case 'network':
      return 'No way in from the internet is known: this invite works in this network; for others open the port at your router.';
    case 'internet':
    case 'unknown':
      return undefined;
  }
}
