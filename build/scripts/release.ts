import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { notesOf } from '../feed/change-notes.ts';
import { checksums } from '../release/checksums.ts';
import { releaseText } from '../release/release-text.ts';
import { versionOfTag } from '../release/version-of-tag.ts';
import { projectFolder, runTool } from './support/run-program.ts';

const usage = `npm run release -- check TAG             whether the tag is that of package.json, with notes in CHANGELOG.md
npm run release -- sums FOLDER           writes FOLDER/SHA256SUMS
npm run release -- text FOLDER OWNER/NAME  writes FOLDER/release.md from the changelog and the download page`;

const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');
const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));

function check(tag: string): void {
  const { date } = notesOf(read('CHANGELOG.md'), versionOfTag(tag, version));
  if (date === undefined) {
    throw new Error(`CHANGELOG.md does not say when ${version} is released; write its date.`);
  }
  console.log(`${tag} is version ${version} of ${date}.`);
}

async function writeSums(folder: string): Promise<void> {
  writeFileSync(join(folder, 'SHA256SUMS'), await checksums(folder));
}

async function writeText(folder: string, repository: string): Promise<void> {
  const signing = globSync('signing-*.txt', { cwd: folder })
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim());
  const { notes } = notesOf(read('CHANGELOG.md'), version);
  const page = read('build/pack/download-page.md');
  const file = join(folder, 'release.md');
  writeFileSync(file, releaseText({ version, notes, page, repository, signing }));
  await runTool('prettier', ['--write', '--log-level', 'warn', file], { output: 'show' });
}

const [deed, where = '', repository = ''] = process.argv.slice(2);
try {
  if (deed === 'check' && where !== '') check(where);
  else if (deed === 'sums' && where !== '') await writeSums(resolve(where));
  else if (deed === 'text' && repository !== '') await writeText(resolve(where), repository);
  else {
    console.error(usage);
    process.exitCode = 2;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
