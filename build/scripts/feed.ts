import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readFeed } from '../../src-main/updates/feed.ts';
import type { Feed } from '../../src-main/updates/feed.ts';
import { notesOf } from '../feed/change-notes.ts';
import { addRelease, newKeys, publicKeyOf, signFeed } from '../feed/make-feed.ts';
import { projectFolder } from './support/run-program.ts';

const usage = `npm run feed -- FOLDER [options]   adds the packages in FOLDER to FOLDER/feed.json and signs it
npm run feed -- keys                makes a pair of keys and prints it

  --version V     the version whose packages they are; of package.json if absent
  --minimum V     the oldest version that is updated to it in one step; 0.1.0 if absent
  --base-url URL  in front of each file's name, such as V/; nothing if absent: beside the feed
  --previous FILE the feed of the release before; its signature lies beside it
  --date DATE     of CHANGELOG.md if absent

The private key is read from the environment: MILLPOND_UPDATE_KEY (PEM or base64 of PKCS#8).`;

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ version: { type: 'string' }, minimum: { type: 'string' } },
      ...{ 'base-url': { type: 'string' }, previous: { type: 'string' } },
      ...{ date: { type: 'string' }, help: { type: 'boolean' } },
    },
  });
  const [folder] = positionals;
  if (folder === undefined || values.help === true) {
    console.log(usage);
    return;
  }
  if (folder === 'keys') {
    const { publicKey, privateKey } = newKeys();
    console.log(
      `publicKey (for packages): ${publicKey}\n\nMILLPOND_UPDATE_KEY (a secret):\n${privateKey}`,
    );
    return;
  }
  const key = process.env['MILLPOND_UPDATE_KEY'];
  if (!key) throw new Error('MILLPOND_UPDATE_KEY is not set; `npm run feed keys` makes one.');
  const version = values.version ?? ownVersion();
  const { notes, date } = notesOf(
    readFileSync(join(projectFolder, 'CHANGELOG.md'), 'utf8'),
    version,
  );
  const released = values.date ?? date;
  if (released === undefined) {
    throw new Error(`CHANGELOG.md does not say when ${version} was released; give --date.`);
  }
  const previous = values.previous === undefined ? undefined : proved(values.previous, key);
  const feed = await addRelease({
    ...{ folder, version, notes, date: released },
    minimumVersion: values.minimum ?? '0.1.0',
    baseUrl: values['base-url'] ?? '',
    ...(previous && { previous }),
  });
  const { bytes, signature } = signFeed(feed, key);
  writeFileSync(join(folder, 'feed.json'), bytes);
  writeFileSync(join(folder, 'feed.json.sig'), `${signature}\n`);
  const count = feed.releases[0]?.files.length ?? 0;
  console.log(
    `${join(folder, 'feed.json')}: ${String(feed.releases.length)} versions, serial ${String(feed.serial)}, ${String(count)} packages of the newest.`,
  );
}

/** Nothing is built upon a feed that is not ours. */
function proved(file: string, key: string): Feed {
  if (!existsSync(file)) throw new Error(`There is no feed at ${file}.`);
  const signature = readFileSync(`${file}.sig`, 'utf8');
  return readFeed({ bytes: readFileSync(file), signature }, publicKeyOf(key));
}

function ownVersion(): string {
  const text = readFileSync(join(projectFolder, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
