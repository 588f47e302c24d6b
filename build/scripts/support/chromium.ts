import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { canInstallWithApt, installWithApt, lastLines } from './apt.ts';
import { runProgram, runTool } from './run-program.ts';

const commandNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];

const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Absent or not ours to run: the next candidate may be.
  }
}

/** Ubuntu's `chromium-browser` is a script that only asks for a snap: believe what answers. */
async function doesAnswer(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true; // There `--version` opens a window.
  try {
    const { code } = await runProgram(path, ['--version'], { output: 'collect' });
    return code === 0;
  } catch {
    return false; // Could not be started at all.
  }
}

async function systemChromium(): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const commands = folders.flatMap((folder) => commandNames.map((name) => join(folder, name)));
  for (const path of [...commands, ...applications].filter(isExecutable)) {
    if (await doesAnswer(path)) return path;
  }
  return undefined;
}

async function playwrightChromium(): Promise<string | undefined> {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return existsSync(path) ? path : undefined;
}

async function installWithPlaywright(): Promise<void> {
  console.log('No Chromium found: fetching Playwright’s own …');
  const args = ['install', 'chromium'];
  const result = await runTool('@playwright/test', args, { output: 'collect', bin: 'playwright' });
  if (result.code !== 0) console.log(lastLines(result.output));
}

/**
 * The browser for the end-to-end tests: `CHROMIUM_PATH`, the system's, Playwright's own, or one that
 * is installed now. Undefined when none can be had, after saying what to do.
 */
export async function findChromium(): Promise<string | undefined> {
  const chosen = process.env['CHROMIUM_PATH'];
  if (chosen !== undefined && chosen !== '') {
    if (isExecutable(chosen)) return chosen;
    console.error(`CHROMIUM_PATH names ${chosen}, which cannot be run.`);
    return undefined;
  }
  const present = (await systemChromium()) ?? (await playwrightChromium());
  if (present !== undefined) return present;
  if (canInstallWithApt()) {
    console.log('No Chromium found: installing Debian’s with apt-get …');
    await installWithApt(['chromium', 'fonts-noto-cjk']);
    const installed = await systemChromium();
    if (installed !== undefined) return installed;
  }
  await installWithPlaywright();
  const fetched = await playwrightChromium();
  if (fetched === undefined) {
    console.error(
      'The end-to-end tests need a Chromium. Install one (Debian: `apt-get install chromium`), or set CHROMIUM_PATH to a Chrome, Chromium or Edge.',
    );
  }
  return fetched;
}
