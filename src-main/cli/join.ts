import type { InvitePreview } from '../contract/memberships.ts';
import { MillpondError } from '../core/error.ts';
import { confirm } from './ask.ts';
import { attachOrFail } from './connection.ts';
import type { Output } from './output.ts';
import type { VerbContext } from './verb.ts';

export interface JoinOptions {
  readonly name?: string;
  readonly device?: string;
  readonly share: boolean;
  readonly yes?: boolean;
}

/** Joins a pool by its invite, after showing what the invite says. */
export async function join(
  { deps, output }: VerbContext,
  link: string,
  options: JoinOptions,
): Promise<void> {
  const { client } = await attachOrFail(deps);
  const invite = await client.memberships.preview({ link });
  show(output, invite);
  if (!options.yes && !(await confirm(deps, output, `Join "${invite.poolName}"?`))) {
    throw new MillpondError('cancelled', 'Nothing was joined');
  }
  const membership = await client.memberships.join({
    link,
    share: options.share,
    ...(options.name !== undefined && { personName: options.name }),
    ...(options.device !== undefined && { deviceName: options.device }),
  });
  if (output.isJson) {
    output.json({ membership });
    return;
  }
  const { openaiUrl } = await client.server.status({});
  output.line(`This machine is in "${membership.poolName}" as ${membership.personName}.`);
  if (membership.mayAsk) output.line(`Its models answer at ${openaiUrl} too.`);
  if (membership.isSharing) output.line('It shares its models there; `millpond pause` stops that.');
}

const rights: Readonly<Record<InvitePreview['rights'], string>> = {
  'serve-and-ask': 'ask its models and share your own',
  ask: 'ask its models',
  serve: 'share your models',
};

/** What a person needs to know before saying yes. */
function show(output: Output, invite: InvitePreview): void {
  const { poolName, ownerName, gatewayName, addresses, fingerprintWords, host } = invite;
  output.remark(`Pool:      ${poolName}, held by ${ownerName} on ${gatewayName}`);
  output.remark(`Address:   ${addresses.join(', ')}`);
  if (fingerprintWords) output.remark(`Words:     ${fingerprintWords.join(' ')}`);
  if (host !== undefined) output.remark(`Host name: ${host}, by a public certificate`);
  output.remark(`You may:   ${rights[invite.rights]}, as ${invite.role}`);
  if (invite.expiresAt !== undefined) {
    output.remark(`Until:     ${new Date(invite.expiresAt).toLocaleString('en-GB')}`);
  }
  if (invite.isAlreadyJoined) output.remark('This machine is in that pool already.');
}
