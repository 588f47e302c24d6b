import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../src-main/testing/temporary-folder.ts';
import { isLeftOut } from './left-out.ts';
import { runtimePackages } from './runtime-packages.ts';

function install(folder: string, manifest: Readonly<Record<string, unknown>>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}

/** A project with all engines of the library installed, as npm does on some machines. */
function project(): string {
  const root = temporaryFolder();
  const modules = join(root, 'node_modules');
  const engines = ['linux-x64', 'linux-x64-cuda', 'linux-x64-cuda-ext', 'linux-x64-vulkan']
    .concat(['linux-arm64', 'mac-arm64-metal', 'mac-x64', 'win-x64'])
    .map((name) => `@node-llama-cpp/${name}`);
  install(root, {
    name: 'app',
    dependencies: { llama: '1', pdf: '1' },
    devDependencies: { tool: '1' },
  });
  const optionalDependencies = Object.fromEntries(engines.map((name) => [name, '1']));
  install(join(modules, 'llama'), {
    name: 'llama',
    optionalDependencies,
    peerDependencies: { tool: '1' },
  });
  // The library's own packages for ARM say that they run on x64 too.
  for (const name of engines)
    install(join(modules, name), { name, os: ['linux'], cpu: ['x64', 'arm64'] });
  install(join(modules, 'tool'), { name: 'tool' });
  install(join(modules, 'pdf'), {
    name: 'pdf',
    dependencies: { fonts: '2' },
    optionalDependencies: { gone: '1' },
  });
  install(join(modules, 'fonts'), { name: 'fonts', os: ['win32'] });
  install(join(modules, 'pdf', 'node_modules', 'fonts'), { name: 'fonts' });
  return root;
}

test('PACK: what the program needs comes along, found as Node finds it; tools and peers do not', () => {
  const { folders } = runtimePackages(project(), { platform: 'linux', arch: 'x64' }, 'cpu');
  expect(folders).toEqual([
    'node_modules/@node-llama-cpp/linux-x64',
    'node_modules/llama',
    'node_modules/pdf',
    'node_modules/pdf/node_modules/fonts',
  ]);
});

test.each([
  ['linux', 'x64', ['linux-x64', 'linux-x64-cuda', 'linux-x64-vulkan']],
  ['linux', 'arm64', ['linux-arm64']],
  ['darwin', 'arm64', ['mac-arm64-metal']],
  ['darwin', 'x64', ['mac-x64']],
  ['win32', 'x64', ['win-x64']],
] as const)('PACK: on %s %s the engines are %j', (platform, arch, engines) => {
  const { folders, leftOut } = runtimePackages(project(), { platform, arch }, 'all');
  const own = folders.filter((path) => path.includes('@node-llama-cpp'));
  expect(own).toEqual(engines.map((name) => `node_modules/@node-llama-cpp/${name}`));
  expect(leftOut).toContain('node_modules/@node-llama-cpp/linux-x64-cuda-ext');
});

test('PACK: a package that is needed and not installed stops the packing', () => {
  const root = temporaryFolder();
  install(root, { name: 'app', dependencies: { missing: '1' } });
  expect(() => runtimePackages(root, { platform: 'linux', arch: 'x64' }, 'cpu')).toThrow(
    'missing is not installed; run `npm ci` before packing.',
  );
});

test('PACK: sources, types, maps and prose stay out, licences and code come along', () => {
  expect(isLeftOut('any', 'dist/index.js.map')).toBe(true);
  expect(isLeftOut('any', 'dist/index.d.ts')).toBe(true);
  expect(isLeftOut('any', 'test/index.js')).toBe(true);
  expect(isLeftOut('any', 'lib/test/index.js')).toBe(false);
  expect(isLeftOut('any', 'LICENSE.md')).toBe(false);
  expect(isLeftOut('node-llama-cpp', 'llama/gitRelease.bundle')).toBe(true);
  expect(isLeftOut('node-llama-cpp', 'llama/llama.cpp.info.json')).toBe(false);
  expect(isLeftOut('another', 'llama/gitRelease.bundle')).toBe(false);
});
