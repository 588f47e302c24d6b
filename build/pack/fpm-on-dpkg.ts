import { chmodSync, globSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * The part of `fpm -s dir -t deb` that electron-builder asks for, on Debian's own dpkg-deb: no Ruby, no
 * download, and with SOURCE_DATE_EPOCH the same bytes each time. Every option that it does not know ends it.
 */

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ force: { type: 'boolean' }, s: { ...text, short: 's' }, t: { ...text, short: 't' } },
    ...{ d: { ...texts, short: 'd' }, 'deb-recommends': texts, 'deb-compression': text },
    ...{
      'deb-priority': text,
      architecture: text,
      description: text,
      version: text,
      package: text,
    },
    ...{ name: text, maintainer: text, vendor: text, url: text, category: text, license: text },
    ...{ 'after-install': text, 'after-remove': text },
  },
});

if (values.t !== 'deb' || values.package === undefined) {
  console.error('Only deb packages are made here; rpm needs the real fpm.');
  process.exit(2);
}

const root = mkdtempSync(join(tmpdir(), 'millpond-deb-'));
try {
  for (const mapping of positionals) place(mapping);
  const size = installedKiB();
  const control = join(root, 'DEBIAN');
  mkdirSync(control);
  writeFileSync(join(control, 'control'), controlFile(size));
  script(values['after-install'], join(control, 'postinst'));
  script(values['after-remove'], join(control, 'postrm'));
  chmodSync(root, 0o755);
  setTimes();
  const args = ['--root-owner-group', `-Z${values['deb-compression'] ?? 'xz'}`, '--build', root];
  const built = spawnSync('dpkg-deb', [...args, values.package], { stdio: 'inherit' });
  if (built.error) console.error('dpkg-deb is missing; it is part of Debian’s package dpkg.');
  process.exitCode = built.status ?? 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** `FROM=TO`; a folder whose name ends with a slash gives what is in it. */
function place(mapping: string): void {
  const at = mapping.lastIndexOf('=');
  const [from, to] = [mapping.slice(0, at), join(root, mapping.slice(at + 1))];
  mkdirSync(dirname(to), { recursive: true });
  const isContent = from.endsWith('/');
  if (isContent) mkdirSync(to, { recursive: true });
  // Links stay what they are, wherever they lead, and bytes are shared where the disk can.
  const args = ['--archive', '--reflink=auto', '--no-target-directory', from, to];
  const copied = spawnSync('cp', args, { stdio: 'inherit' });
  if (copied.status !== 0) throw new Error(`${from} could not be copied into the package.`);
}

/** dpkg-deb only takes what is newer back to SOURCE_DATE_EPOCH; older times would tell when each file was made. */
function setTimes(): void {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined) return;
  const touch = ['touch', '--no-dereference', `--date=@${epoch}`, '{}', '+'];
  spawnSync('find', [root, '-exec', ...touch], { stdio: 'inherit' });
}

/** By Debian's policy: each file rounded up to a KiB, each folder and link one. */
function installedKiB(): number {
  const sizes = globSync('**/*', { cwd: root }).map((path) => {
    const found = lstatSync(join(root, path));
    return found.isFile() ? Math.ceil(found.size / 1024) : 1;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

function script(file: string | undefined, to: string): void {
  if (file === undefined) return;
  copyFileSync(file, to);
  chmodSync(to, 0o755);
}

function controlFile(sizeKiB: number): string {
  const [summary = '', ...more] = (values.description ?? '').trim().split('\n');
  const fields = {
    Package: values.name,
    Version: values.version,
    Architecture: values.architecture,
    Maintainer: values.maintainer,
    'Installed-Size': String(sizeKiB),
    Depends: values.d?.join(', '),
    Recommends: values['deb-recommends']?.join(', '),
    Section: values.category,
    Priority: values['deb-priority'],
    Homepage: values.url,
    Description: [summary.trim(), ...more.map((line) => ` ${line.trim() || '.'}`)].join('\n'),
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return `${lines.map(([name, value]) => `${name}: ${value ?? ''}`).join('\n')}\n`;
}
