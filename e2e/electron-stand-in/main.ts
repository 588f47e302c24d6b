import inspector from 'node:inspector';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';
import { DevTools } from './devtools.ts';
import { createElectronApi } from './electron-api.ts';

interface CommandLine {
  readonly switches: ReadonlyMap<string, string>;
  readonly required: readonly string[];
  readonly appFolder: string;
}

const commandLine = parse(process.argv.slice(2));
if (commandLine.switches.has('version')) {
  process.stdout.write('v0.0.0-stand-in\n');
  process.exit(0);
}
await run(commandLine);

function parse(words: readonly string[]): CommandLine {
  const switches = new Map<string, string>();
  const required: string[] = [];
  let appFolder: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '-r' || word === '--require') required.push(words[(index += 1)] ?? '');
    else if (word.startsWith('--')) {
      const [name = '', ...value] = word.slice(2).split('=');
      switches.set(name, value.join('='));
    } else appFolder ??= word;
  }
  return { switches, required, appFolder: resolve(appFolder ?? '.') };
}

async function run({ switches, required, appFolder }: CommandLine): Promise<void> {
  process.argv = [process.argv[0] ?? '', ...process.argv.slice(2)];
  const devTools = await DevTools.start(process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', [
    ...(process.getuid?.() === 0 ? ['--no-sandbox', '--test-type'] : []),
    ...(process.env['DISPLAY'] ? [] : ['--headless=new']),
  ]);
  const userDataFolder =
    switches.get('user-data-dir') ?? join(tmpdir(), `electron-stand-in-${String(process.pid)}`);
  const electron = createElectronApi({ devTools, appFolder, userDataFolder, switches });
  serveAsModule(electron);
  // Only now: as soon as Playwright sees the inspector it asks for `require('electron')`, and would
  // get the package's downloader instead of this imitation.
  if (switches.has('inspect')) inspector.open(Number(switches.get('inspect')) || 0, '127.0.0.1');
  process.stderr.write(`\nDevTools listening on ${devTools.url}\n`);
  const app = electron['app'] as { becomeReady(): void; quit(): void; exit(code: number): void };
  process.once('SIGTERM', () => {
    app.quit();
  });
  process.once('exit', () => {
    devTools.kill();
  });
  const require = createRequire(join(appFolder, 'package.json'));
  for (const file of required) require(resolve(file));
  const manifest = JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8')) as {
    main: string;
  };
  await import(pathToFileURL(join(appFolder, manifest.main)).href);
  app.becomeReady();
}

/** Makes `electron` importable and requirable, as it is inside the real executable. */
function serveAsModule(electron: Record<string, unknown>): void {
  Object.defineProperty(process, 'versions', {
    value: Object.freeze({ ...process.versions, electron: '0.0.0-stand-in' }),
  });
  Object.defineProperty(process, 'type', { value: 'browser' });
  (globalThis as Record<string, unknown>)['electronStandIn'] = electron;
  const names = Object.keys(electron);
  const source = [
    'const electron = globalThis.electronStandIn;',
    'export default electron;',
    ...names.map((name) => `export const ${name} = electron.${name};`),
  ].join('\n');
  const internals = Module as unknown as {
    _load(request: string, ...rest: unknown[]): unknown;
  };
  const load = internals._load.bind(Module);
  internals._load = (request, ...rest) =>
    request === 'electron' ? electron : load(request, ...rest);
  Module.registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' && context.conditions.includes('import')
        ? { url: 'electron-stand-in:', format: 'module', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === 'electron-stand-in:'
        ? { format: 'module', shortCircuit: true, source }
        : next(url, context),
  });
}
