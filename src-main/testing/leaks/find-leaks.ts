import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Texts that must not be found, by what they are. */
export type Secrets = Readonly<Record<string, string>>;

/** Everything that somebody besides the caller may get to read, by where it stands. */
export type Sinks = Readonly<Record<string, string | Uint8Array>>;

/** Half of a secret opens nothing, but a cut one is a leak all the same. */
const shortestPiece = 14;

/** Which secrets stand where, as `name in sink`; in any of the usual spellings, whole or cut. */
export function findLeaks(secrets: Secrets, sinks: Sinks): readonly string[] {
  return Object.entries(sinks).flatMap(([sink, content]) => {
    const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
    return Object.entries(secrets).flatMap(([name, secret]) =>
      spellingsOf(secret).some((spelling) => text.includes(spelling)) ? [`${name} in ${sink}`] : [],
    );
  });
}

function spellingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Of base64 only what does not depend on where the secret begins.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [
    secret.slice(0, -1),
    secret.slice(-shortestPiece),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    ...base64,
  ];
}

/** Every file below a folder, as bytes. Files that grow or go meanwhile are read as they are. */
export function filesBelow(folder: string, label: string): Sinks {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const contents = files.flatMap((file): [string, Uint8Array][] => {
    if (!file.isFile()) return [];
    const path = join(file.parentPath, file.name);
    return [[`${label}: ${relative(folder, path)}`, readFileSync(path)]];
  });
  return Object.fromEntries(contents);
}
