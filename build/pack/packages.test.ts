import { execFileSync } from 'node:child_process';
import { globSync, lstatSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { isolatedEnvironment } from '../../src-main/testing/isolated-environment.ts';
import { temporaryFolder } from '../../src-main/testing/temporary-folder.ts';
import { isOnPath } from '../scripts/support/network-tools.ts';
import { filesInAsar } from './asar-list.ts';
import { servePackaged } from './packaged-server.ts';
import { testPackages, type TestPackages } from './test-packages.ts';

// Packages are made for the machine that makes them; their form is checked on Linux.
const isLinux = process.platform === 'linux';
const hasDpkg = isLinux && isOnPath('dpkg-deb');
let packages: TestPackages;

// They end what hangs; a busy machine takes its time to pack and to start.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

beforeAll(async () => {
  if (isLinux) packages = await testPackages();
});

/** Every file and link below the folder, relative to it. */
function filesBelow(folder: string): readonly string[] {
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function unpackDeb(): string {
  const root = temporaryFolder();
  execFileSync('dpkg-deb', ['--extract', packages.deb, root]);
  return root;
}

function debControl(): string {
  const control = temporaryFolder();
  execFileSync('dpkg-deb', ['--control', packages.deb, control]);
  return control;
}

const looksSecret = /(^|\/)(\.env|\.npmrc|\.git|id_rsa|.*\.(pem|p12|pfx|key|db|sqlite))(\/|$)/;

test.runIf(isLinux)('PACK: the archive holds the shell and nothing else', () => {
  const files = filesInAsar(join(packages.folder, 'resources', 'app.asar'));
  expect(Object.keys(files).toSorted()).toEqual([
    'out/main/index.js',
    'out/preload/index.cjs',
    'package.json',
  ]);
  // What Electron compares when the fuse is set.
  for (const file of Object.values(files)) expect(file.integrity?.algorithm).toBe('SHA256');
});

test.runIf(isLinux)('PACK: the shell in the archive needs no package beside it', () => {
  const archive = readFileSync(join(packages.folder, 'resources', 'app.asar'), 'utf8');
  const imports = [...archive.matchAll(/import [^;]* from "([^"]+)";/g)].map((found) => found[1]);
  expect(imports).toContain('electron');
  expect(imports.filter((name) => name !== 'electron' && !name?.startsWith('node:'))).toEqual([]);
});

test.runIf(isLinux)('PACK: only engines of this kind of machine are inside, as plain files', () => {
  const program = join(packages.folder, 'resources', 'app.asar.unpacked');
  const engines = globSync('*', { cwd: join(program, 'node_modules', '@node-llama-cpp') });
  expect(engines).toEqual([`linux-${process.arch}`]);
  const native = filesBelow(program).filter((file) => /\.(node|so|dylib|dll)(\.|$)/.test(file));
  expect(native.some((file) => file.endsWith('llama-addon.node'))).toBe(true);
  expect(native.filter((file) => /(win32|darwin|musl|arm)/.test(basename(file)))).toEqual(
    process.arch === 'arm64' ? native.filter((file) => basename(file).includes('arm')) : [],
  );
});

test.runIf(isLinux)(
  'PACK: nothing secret, no sources, no maps and no development tool is inside',
  () => {
    const files = filesBelow(join(packages.folder, 'resources'));
    const packagesInside = new Set(
      files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
    );
    expect(files.filter((file) => looksSecret.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(map|d\.ts|cpp|gitRelease\.bundle)$/.test(file))).toEqual([]);
    for (const tool of ['electron', 'typescript', 'vite', 'vitest', 'react', 'electron-builder']) {
      expect(packagesInside).not.toContain(tool);
    }
    // Each package that came along kept its licence, where it had one; so did those inside the window.
    const ofWindow = join(packages.folder, 'resources/app.asar.unpacked/out/renderer/licenses.md');
    expect(readFileSync(ofWindow, 'utf8')).toMatch(/^## react - /m);
    expect(files.filter((file) => /\/licen[cs]e/i.test(file)).length).toBeGreaterThan(100);
  },
);

test.runIf(isLinux)(
  'PACK: everybody may read, nobody but the owner may write, programs are executable',
  () => {
    const folder = packages.folder;
    const modeOf = (file: string): number => lstatSync(join(folder, file)).mode & 0o7777;
    for (const file of filesBelow(folder)) {
      expect(modeOf(file) & 0o022, file).toBe(0);
      expect(modeOf(file) & 0o444, file).toBe(0o444);
    }
    for (const program of ['millpond-desktop', 'resources/bin/millpond', 'resources/node/node']) {
      expect(modeOf(program), program).toBe(0o755);
    }
  },
);

test.runIf(hasDpkg)(
  'PACK: the deb brings menu entry, file type, link address, icons and command',
  () => {
    const root = unpackDeb();
    const entry = readFileSync(
      join(root, 'usr/share/applications/millpond-desktop.desktop'),
      'utf8',
    );
    expect(entry).toContain('\nExec=/opt/Millpond/millpond-desktop %U\n');
    expect(entry).toContain('\nMimeType=application/x-gguf;x-scheme-handler/millpond;\n');
    expect(entry).toContain('\nIcon=millpond-desktop\n');
    const types = readFileSync(join(root, 'usr/share/mime/packages/millpond-desktop.xml'), 'utf8');
    expect(types).toContain('<glob pattern="*.gguf"/>');
    const icons = globSync('usr/share/icons/hicolor/*/apps/millpond-desktop.png', { cwd: root });
    expect(icons).toContain('usr/share/icons/hicolor/48x48/apps/millpond-desktop.png');
    expect(icons).toContain('usr/share/icons/hicolor/512x512/apps/millpond-desktop.png');
    expect(readlinkSync(join(root, 'usr/bin/millpond'))).toBe(
      '/opt/Millpond/resources/bin/millpond',
    );
    const mark = join(root, 'opt/Millpond/resources/package-type');
    expect(readFileSync(mark, 'utf8')).toBe('deb');
    expect(filesBelow(packages.folder)).not.toContain('resources/package-type');
  },
);

test.runIf(hasDpkg)(
  'PACK: a server needs three libraries of the deb, the window recommends its own',
  () => {
    const control = debControl();
    const fields = readFileSync(join(control, 'control'), 'utf8');
    expect(fields).toMatch(/^Depends: libc6 \(>= 2\.34\), libstdc\+\+6 \(>= 12\), libgcc-s1$/m);
    expect(fields).toMatch(/^Recommends: libgtk-3-0 \| libgtk-3-0t64, libnss3,/m);
    const [after, removed] = ['postinst', 'postrm'].map((name) => join(control, name));
    for (const script of [after ?? '', removed ?? '']) {
      expect(lstatSync(script).mode & 0o111).toBe(0o111);
      execFileSync('sh', ['-n', script]);
    }
    // Chromium's sandbox gets its right only where there is no other way.
    expect(readFileSync(after ?? '', 'utf8')).toContain('chmod 4755 "$sandbox"');
  },
);

test.runIf(isLinux)('PACK: nothing inside needs newer libraries than the deb asks for', () => {
  const resources = join(packages.folder, 'resources');
  const native = filesBelow(resources).filter((file) =>
    /\.(node|so)(\.|$)|^node\/node$/.test(file),
  );
  const newest = (mark: RegExp): number => {
    const found = native.flatMap((file) => [
      ...readFileSync(join(resources, file), 'latin1').matchAll(mark),
    ]);
    return Math.max(...found.map(([, minor]) => Number(minor)));
  };
  expect(newest(/\bGLIBC_2\.(\d+)\0/g)).toBe(34);
  // The version that came with GCC 12.
  expect(newest(/\bGLIBCXX_3\.4\.(\d+)\0/g)).toBe(30);
});

test.runIf(isLinux)(
  'PACK: the archive for any Linux unpacks into one folder, the same program in it',
  () => {
    const folder = temporaryFolder();
    execFileSync('tar', ['--extract', '--file', packages.tarGz, '--directory', folder]);
    const [top = '', ...others] = globSync('*', { cwd: folder });
    expect(others).toEqual([]);
    expect(top).toMatch(/^millpond-\d+\.\d+\.\d+-linux-(x64|arm64)$/);
    expect(filesBelow(join(folder, top)).toSorted()).toEqual(
      filesBelow(packages.folder).toSorted(),
    );
    const newest = execFileSync('find', [folder, '-type', 'f', '-newermt', '2023-11-15', '-print']);
    expect(newest.toString()).toBe('');
  },
);

// Node out of the package stands in for Electron here: the window itself is not tried.
test.runIf(isLinux)(
  'PACK: the packed runtime starts with its own Node and answers a chat',
  async () => {
    const home = temporaryFolder();
    // As a person would: a link on the PATH, called from anywhere.
    const command = join(home, 'bin', 'millpond');
    mkdirSync(join(home, 'bin'));
    symlinkSync(join(packages.folder, 'resources', 'bin', 'millpond'), command);
    await using server = await servePackaged({
      command: [command],
      dataFolder: join(home, 'data'),
      homeFolder: home,
      // No other Node can be found.
      env: { PATH: '/usr/bin:/bin' },
    });
    const program = readlinkSync(`/proc/${String(server.pid)}/exe`);
    expect(program).toBe(join(packages.folder, 'resources', 'node', 'node'));
    expect(await server.ask('What is Millpond?')).toMatch(/Millpond/);
    const page = await fetch(`${server.origin}/`);
    expect(await page.text()).toContain('<title>Millpond');
    expect(await server.stop()).toBe(0);
  },
);

test.runIf(isLinux)('PACK: the packed command says its version and explains itself', () => {
  const command = join(packages.folder, 'resources', 'bin', 'millpond');
  const env = isolatedEnvironment(temporaryFolder(), { PATH: '/usr/bin:/bin' });
  const manifest = join(packages.folder, 'resources/app.asar.unpacked/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  expect(execFileSync(command, ['--version'], { env }).toString().trim()).toBe(version);
  expect(execFileSync(command, ['--help'], { env }).toString()).toContain('serve');
});
