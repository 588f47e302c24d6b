import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What people download. Side files of the build and the sums themselves are none. */
const isForDownload = (name: string): boolean =>
  /^millpond[-_].*\.(dmg|zip|exe|AppImage|deb|rpm|tar\.gz|cdx\.json)$/.test(name);

/** The text of `SHA256SUMS` for a folder of packages, in the form that `sha256sum --check` reads. */
export async function checksums(folder: string): Promise<string> {
  const names = readdirSync(folder).filter(isForDownload).toSorted();
  if (names.length === 0)
    throw new Error(`${folder} holds no packages; run \`npm run pack\` first.`);
  const lines: string[] = [];
  for (const name of names) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), hash);
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  return lines.join('');
}
