import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Feed } from '../../src-main/updates/feed.ts';
import { deriveInstallation, testPackages } from '../pack/test-packages.ts';
import { thisTarget } from '../pack/target.ts';
import { addRelease, newKeys, signFeed } from './make-feed.ts';

/** A publisher in a folder: versions of the program that is built in `out/`, and a signed feed of them. */
export interface Releases {
  /** Makes an installation that looks for updates there; in about a second. */
  install(root: string, version: string): Promise<void>;
  /** Publishes a version as the newest one and forgets the one before. */
  publish(version: string, change?: VersionChange): Promise<void>;
  /** Signs the feed anew with a key that is not ours. */
  forgeSignature(): void;
}

export interface VersionChange {
  /** Added behind the last step of the schema, in JavaScript: `{ version, sql }`. */
  readonly sql?: string;
  /** The process that runs models ends at once. */
  readonly hasBrokenEngine?: boolean;
  /** The archive ends in the middle, and was signed like that. */
  readonly isTruncated?: boolean;
}

/** What a publisher's folder calls what is served. */
export const siteFolder = 'site';
const schemaFile = 'var allMigrations = [';

/** The site lies in `folder` and is served at `origin`. */
export async function makeReleases(folder: string, origin: string): Promise<Releases> {
  const { folder: program } = await testPackages();
  const keys = newKeys();
  const site = join(folder, siteFolder);
  let feed: Feed | undefined;
  const write = (privateKey: string): void => {
    if (feed === undefined) throw new Error('nothing is published yet');
    const { bytes, signature } = signFeed(feed, privateKey);
    writeFileSync(join(site, 'feed.json'), bytes);
    writeFileSync(join(site, 'feed.json.sig'), signature);
  };
  const derive = async (root: string, version: string, change: VersionChange) => {
    const updates = { feed: `${origin}/feed.json`, publicKey: keys.publicKey };
    await deriveInstallation(program, root, {
      ...{ version, updates },
      files: filesOf(program, change),
    });
  };
  return {
    install: (root, version) => derive(root, version, {}),
    async publish(version, change = {}) {
      const { platform, arch } = thisTarget();
      const top = `millpond-${version}-${platform}-${arch}`;
      await rm(join(site, version), { recursive: true, force: true });
      mkdirSync(join(site, version));
      await derive(join(folder, top), version, change);
      const archive = join(site, version, `${top}.tar.gz`);
      // Not compressed: this is about what is done with an archive, not about how small it is.
      await promisify(execFile)('tar', ['-cf', archive, '-C', folder, top]);
      await rm(join(folder, top), { recursive: true });
      if (change.isTruncated === true) truncateSync(archive, 30_000_000);
      feed = await addRelease({
        ...{ folder: join(site, version), version, date: '2026-11-22', minimumVersion: '0.1.0' },
        ...{ notes: `- What is new in ${version}`, baseUrl: `${version}/` },
        ...(feed && { previous: { ...feed, releases: [] } }),
      });
      write(keys.privateKey);
    },
    forgeSignature() {
      write(newKeys().privateKey);
    },
  };
}

type FileChanges = Record<string, (text: string) => string>;

function filesOf(program: string, { sql, hasBrokenEngine }: VersionChange): FileChanges {
  const files: FileChanges = {};
  if (hasBrokenEngine === true) {
    files['out/main/engine-host.js'] = () =>
      "console.error('planted: no engine');\nprocess.exit(1);\n";
  }
  if (sql !== undefined) {
    // The file ends with a comment and no line break.
    const step = `\nallMigrations.push({ version: allMigrations.length + 1, sql: ${JSON.stringify(sql)} });\n`;
    files[fileOfSchema(join(program, 'resources', 'app.asar.unpacked'))] = (text) => text + step;
  }
  return files;
}

/** The bundler chooses the name of the file that the steps of the schema end up in. */
function fileOfSchema(folder: string): string {
  const files = globSync('out/main/**/*.js', { cwd: folder });
  const found = files.find((file) => readFileSync(join(folder, file), 'utf8').includes(schemaFile));
  if (found === undefined) throw new Error('no built file holds the steps of the schema');
  return found;
}
