import { readdir, readFile } from 'node:fs/promises';
import { freemem, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { MemoryUse } from '../../first-aid/checks/hardware.ts';
import { createRedactor, secretsIn } from '../../first-aid/redact.ts';
import type { Recovery } from '../../storage/recovery/recover-database.ts';
import type { Surroundings } from '../../platform/paths.ts';

/** What programs could still get, and what lies on the disk for want of memory. */
export async function readMemoryUse(): Promise<MemoryUse> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = (name: string): number | undefined => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  };
  const [total, free] = [kilobytes('SwapTotal'), kilobytes('SwapFree')];
  return {
    freeBytes: kilobytes('MemAvailable') ?? freemem(),
    ...(total !== undefined && free !== undefined && { swappedBytes: total - free }),
  };
}

const outcome = z.object({
  at: z.number(),
  lostLatest: z.boolean(),
  tables: z.array(z.object({ table: z.string(), kept: z.number(), lost: z.number().optional() })),
});

const toldForMs = 14 * 24 * 60 * 60_000;

/** Databases that were set aside lately, newest first. */
export async function readRecoveries(
  dataFolder: string,
  now: number,
): Promise<readonly { readonly folder: string; readonly kept: string }[]> {
  const backups = join(dataFolder, 'backups');
  const names = await readdir(backups).catch((): string[] => []);
  const damaged = names
    .filter((name) => name.startsWith('damaged-'))
    .toSorted()
    .toReversed();
  const found = await Promise.all(
    damaged.map(async (name) => {
      const folder = join(backups, name);
      const text = await readFile(join(folder, 'recovered.json'), 'utf8').catch(() => '{}');
      const read = outcome.safeParse(parseJson(text)).data;
      return read === undefined || now - read.at > toldForMs
        ? []
        : [{ folder, kept: describeRecovery(recoveryOf(read)) }];
    }),
  );
  return found.flat();
}

function recoveryOf({ tables, lostLatest }: z.infer<typeof outcome>) {
  return { lostLatest, tables: tables.map(({ lost, ...table }) => ({ ...table, lost })) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A crash may have cut it off; the folder itself is still there.
  }
}

const kinds = [
  ['chats', 'chats'],
  ['messages', 'messages'],
  ['api_keys', 'keys'],
  ['persons', 'people'],
] as const;

/** Counts per kind of thing: what was kept, and what was lost. */
export function describeRecovery({
  tables,
  lostLatest,
}: Pick<Recovery, 'tables' | 'lostLatest'>): string {
  const latest = lostLatest ? ' What was written last is lost.' : '';
  if (tables.length === 0) return `Everything before was kept.${latest}`;
  const of = (table: string) => tables.find((each) => each.table === table);
  const kept = kinds.map(([table, name]) => `${(of(table)?.kept ?? 0).toString()} ${name}`);
  const lost = kinds.flatMap(([table, name]) => {
    const found = of(table);
    if (found === undefined || found.lost === 0) return [];
    return [found.lost === undefined ? `some ${name}` : `${found.lost.toString()} ${name}`];
  });
  const isNothing = tables.every((each) => each.lost === 0);
  const others = isNothing ? 'nothing' : 'some records';
  return `Kept: ${kept.join(', ')}; lost: ${lost.length === 0 ? others : lost.join(', ')}.${latest}`;
}

export function redactorFor({ env, homeFolder }: Surroundings): (text: string) => string {
  return createRedactor({
    homeFolder,
    userName: accountOf(env),
    hostName: hostname(),
    secrets: secretsIn(env),
  });
}

function accountOf(env: Surroundings['env']): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] ?? env['USERNAME'] ?? ''; // An account that the system does not list.
  }
}
