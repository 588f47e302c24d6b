import { create } from 'qrcode';
import type { Invite } from '../../contract/pool-people.ts';
import { formatInviteLink } from '../../tunnel/identity/invite-link.ts';
import type { GatewayAddress } from '../../tunnel/ports.ts';

interface InviteSource {
  readonly invite: Invite;
  /** The only time that it is known. */
  readonly secret: string;
  readonly poolName: string;
  readonly gatewayName: string;
  readonly ownerName: string;
  readonly gateway: GatewayAddress;
}

export interface InviteMessage {
  readonly link: string;
  readonly text: string;
  readonly qrPath: string;
  readonly qrSize: number;
}

/** An invite as it is handed over: link, picture and a text that explains itself. */
export function inviteMessage(source: InviteSource): InviteMessage {
  const { invite, secret, poolName, gatewayName, ownerName, gateway } = source;
  const { rights, role, expiresAt } = invite;
  const link = formatInviteLink({
    ...{ secret, poolName, gatewayName, ownerName, gateway, rights, role },
    ...(expiresAt !== undefined && { expiresAt }),
  });
  return { link, text: textOf(source, link), ...qrOf(link) };
}

const whatFor: Readonly<Record<Invite['rights'], string>> = {
  'serve-and-ask': 'use our AI models and share your own computer',
  ask: 'use our AI models',
  serve: 'share your computer with us',
};

function textOf({ invite, poolName, ownerName }: InviteSource, link: string): string {
  const { rights, maxUses, expiresAt } = invite;
  const until =
    expiresAt === undefined ? [] : [`until ${new Date(expiresAt).toUTCString().slice(0, 22)} UTC`];
  const uses =
    maxUses === undefined ? [] : [maxUses === 1 ? 'for one device' : `for ${maxUses} devices`];
  const limits = [...uses, ...until].join(', ');
  return [
    `${ownerName} invites you to “${poolName}”: ${whatFor[rights]} with Millpond, a free app for Windows, macOS and Linux.`,
    `1. Install Millpond. 2. Open Pool, choose Join a pool and paste this link${limits === '' ? '' : ` (good ${limits})`}:`,
    link,
  ].join('\n');
}

/** One path of unit squares, so that the window draws it in its own colours. */
function qrOf(link: string): { readonly qrPath: string; readonly qrSize: number } {
  const { modules } = create(link, { errorCorrectionLevel: 'L' });
  const { size } = modules;
  let qrPath = '';
  for (let row = 0; row < size; row += 1) {
    let start: number | undefined;
    for (let column = 0; column <= size; column += 1) {
      const isDark = column < size && modules.get(row, column) === 1;
      if (isDark) start ??= column;
      if (isDark || start === undefined) continue;
      qrPath += `M${start} ${row}h${column - start}v1H${start}z`;
      start = undefined;
    }
  }
  return { qrPath, qrSize: size };
}
