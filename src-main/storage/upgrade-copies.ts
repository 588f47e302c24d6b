import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A copy of the database from before an update changed it. */
export interface UpgradeCopy {
  readonly file: string;
  /** Epoch milliseconds. */
  readonly madeAt: number;
  readonly sizeBytes: number;
  /** Of the database in it. */
  readonly schema: number;
  /** The version of Millpond that made it, before it updated the database; absent in early copies. */
  readonly before?: string;
}

interface CopyPlace {
  readonly databaseFile: string;
  readonly backupFolder: string;
}

interface CopyFacts {
  readonly databaseFile: string;
  readonly madeAt: number;
  readonly schema: number;
  readonly before: string | undefined;
}

/** Names sort by time. */
export function copyName({ databaseFile, madeAt, schema, before }: CopyFacts): string {
  const time = new Date(madeAt).toISOString().replaceAll(/[:.]/g, '-');
  const by = before === undefined ? '' : `.before-${before.replaceAll(/[^\w.+-]/g, '_')}`;
  return `${basename(databaseFile)}.${time}${by}.schema-${schema.toString()}`;
}

/** Newest first. */
export function listUpgradeCopies(place: CopyPlace): readonly UpgradeCopy[] {
  const { databaseFile, backupFolder } = place;
  const prefix = `${basename(databaseFile)}.`;
  if (!existsSync(backupFolder)) return [];
  const names = readdirSync(backupFolder).filter((name) => name.startsWith(prefix));
  return names
    .toSorted()
    .toReversed()
    .flatMap((name) => {
      const known = parseName(name.slice(prefix.length));
      if (known === undefined) return [];
      const file = join(backupFolder, name);
      return [{ file, sizeBytes: statSync(file).size, ...known }];
    });
}

const namePattern =
  /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z(?:\.before-([\w.+-]+?))?\.schema-(\d+)$/;

function parseName(name: string): Pick<UpgradeCopy, 'madeAt' | 'schema' | 'before'> | undefined {
  const [, day, hours, minutes, seconds, ms, before, schema] = namePattern.exec(name) ?? [];
  if (day === undefined || schema === undefined) return undefined;
  const madeAt = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${ms}Z`);
  if (Number.isNaN(madeAt)) return undefined;
  return { madeAt, schema: Number(schema), ...(before !== undefined && { before }) };
}
