import { toCsv } from './csv.ts';

interface LinkedInvite {
  readonly name: string;
  readonly link: string;
  readonly invite: {
    readonly prefix: string;
    readonly expiresAt?: number | undefined;
    readonly maxUses?: number | undefined;
  };
}

/** Whom each link is for and what it allows, as a table that a spreadsheet opens. */
export function inviteTable(made: readonly LinkedInvite[]): string {
  const rows = made.map(({ name, link, invite: { prefix, expiresAt, maxUses } }) => [
    ...[name, link, prefix],
    expiresAt === undefined ? 'never' : new Date(expiresAt).toISOString(),
    maxUses?.toString() ?? 'any',
  ]);
  return toCsv(['name', 'link', 'begins with', 'expires', 'uses'], rows);
}
