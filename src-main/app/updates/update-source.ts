import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isLoopbackHost } from '../../platform/http/loopback.ts';
import type { ProgramFiles } from '../../platform/program-files.ts';
import type { UpdateSource } from '../../updates/ports.ts';

const source = z.object({
  feed: z.url().refine((address) => isSafe(new URL(address))),
  publicKey: z.string().min(1),
});

/**
 * Where this package says that its updates come from; undefined where it says nothing, or half of it.
 * Without TLS only this machine is believed, for those who test a feed.
 */
export function updateSourceOf({
  resourcesFolder,
}: Pick<ProgramFiles, 'resourcesFolder'>): UpdateSource | undefined {
  try {
    const text = readFileSync(join(resourcesFolder, 'updates.json'), 'utf8');
    return source.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // No such file: a build that nobody publishes.
  }
}

function isSafe({ protocol, host }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(host));
}
