import { statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackages } from '../pack/build-packages.ts';
import { chooseFormats, formats } from '../pack/formats.ts';
import { packageSizes, partSizes, sizeTable } from '../pack/package-sizes.ts';
import { describeSigning, whatSigns } from '../pack/signing.ts';
import { systemNames, thisTarget } from '../pack/target.ts';
import { testPackages } from '../pack/test-packages.ts';
import { tryCommand } from '../pack/try-command.ts';
import { tryDeb } from '../pack/try-deb.ts';
import { whyNoCleanDebian } from '../pack/clean-debian.ts';
import { ensureBuilt } from './support/build-state.ts';
import { electronBinary, fetchElectron } from './support/electron-binary.ts';
import { projectFolder, runProgram } from './support/run-program.ts';
import { updateFeed } from '../pack/update-feed.ts';

/**
 * `npm run pack [-- FORMAT…] [--stand-in] [--output FOLDER]` makes packages for this machine's kind and prints their
 * sizes; `npm run pack -- try-command` asks the packed program, `npm run pack -- try-deb FILE` tries a deb in a clean
 * Debian.
 */

const usage = `Usage: npm run pack [-- FORMAT…] [--stand-in] [--output FOLDER]
       npm run pack -- try-command
       npm run pack -- try-deb FILE
       npm run pack -- for-tests
Formats: Linux ${formats.linux.join(', ')}; macOS ${formats.darwin.join(', ')}; Windows ${formats.win32.join(', ')}.
--stand-in packs a stand-in where Electron's binary cannot be had: everything but the window is real.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'stand-in': { type: 'boolean', default: false },
    output: { type: 'string', default: 'dist' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const outputFolder = resolve(projectFolder, values.output);

async function pack(words: readonly string[]): Promise<void> {
  const target = thisTarget();
  const chosen = chooseFormats(target, words);
  await ensureBuilt();
  const electronFolder = values['stand-in'] ? undefined : await electronDistribution();
  const feed = updateFeed(process.env);
  const packages = await buildPackages({
    ...{ outputFolder, target, formats: chosen },
    ...(electronFolder !== undefined && { electronFolder }),
    ...(feed && { updates: feed }),
    ...(process.env['MILLPOND_HOMEPAGE'] && { homepage: process.env['MILLPOND_HOMEPAGE'] }),
    engines: 'all',
    compression: 'best',
    epochSeconds: await sourceTime(),
  });
  const unpacked = packages.find(({ format }) => format === 'dir')?.path ?? outputFolder;
  console.log(`\n${sizeTable(packageSizes(packages), partSizes(unpacked, target))}\n`);
  const signing = describeSigning(target.platform, whatSigns(process.env));
  console.log(signing);
  // The release's text takes it from here.
  const note = join(outputFolder, `signing-${target.platform}-${target.arch}.txt`);
  writeFileSync(note, `${systemNames[target.platform]} ${target.arch}: ${signing}\n`);
  if (!feed) console.log('No update feed was named, so these packages do not look for updates.');
  if (values['stand-in']) console.log('Electron is a stand-in: `serve` runs, the window does not.');
}

/** The folder that Electron's own installer fills, with one sentence when it cannot. */
async function electronDistribution(): Promise<string> {
  if (electronBinary() === undefined) {
    console.log('Fetching Electron (about 100 MB) …');
    await fetchElectron();
  }
  if (electronBinary() === undefined) {
    throw new Error(
      'Electron could not be fetched. Set ELECTRON_MIRROR or a proxy, or pack with --stand-in to check everything but the window.',
    );
  }
  return join(projectFolder, 'node_modules', 'electron', 'dist');
}

/** The time of the last commit, so that the same sources make the same packages. */
async function sourceTime(): Promise<number> {
  const given = Number(process.env['SOURCE_DATE_EPOCH']);
  if (Number.isInteger(given) && given > 0) return given;
  const { code, output } = await runProgram('git', ['log', '-1', '--format=%ct'], {
    output: 'collect',
  });
  if (code === 0) return Number(output.trim());
  return Math.floor(statSync(join(projectFolder, 'package.json')).mtimeMs / 1000);
}

/** Throws one sentence where it cannot be tried. */
async function tryInCleanDebian(file: string | undefined): Promise<void> {
  const reason = whyNoCleanDebian();
  if (reason !== undefined) throw new Error(`A deb cannot be tried here: ${reason}.`);
  if (file === undefined) throw new Error('Name the deb, such as dist/millpond_0.1.0_amd64.deb.');
  console.log('Making a clean Debian, installing, asking, purging …');
  const trial = await tryDeb(resolve(file));
  console.log(`It answered: ${trial.answer.trim()}`);
  console.log(`Also installed: ${trial.alsoInstalled.join(', ') || 'nothing'}`);
  console.log(`Traces after the purge: ${trial.traces.join(', ') || 'none'}`);
  console.log(`Gone with it: ${trial.gone.join(', ') || 'nothing else'}`);
  if (trial.exitStatus !== 0 || trial.traces.length > 0) process.exitCode = 1;
}

async function askPackedCommand(): Promise<void> {
  const answer = await tryCommand(join(outputFolder, 'unpacked'), thisTarget());
  console.log(`The packed command serves, and Guide answered: ${answer.trim()}`);
}

try {
  if (values.help) console.log(usage);
  else if (positionals[0] === 'for-tests') console.log((await testPackages()).folder);
  else if (positionals[0] === 'try-command') await askPackedCommand();
  else if (positionals[0] === 'try-deb') await tryInCleanDebian(positionals[1]);
  else await pack(positionals);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
