import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { canInstallWithApt, installWithApt } from '../scripts/support/apt.ts';
import { isOnPath } from '../scripts/support/network-tools.ts';

const run = promisify(execFile);
const outputLimit = 64 * 1024 * 1024;

/** A Debian with nothing in it but apt, in a folder of its own, removed at the end. */
export interface CleanDebian {
  readonly root: string;
  /** The command line that runs this one inside. */
  inside(command: readonly string[]): readonly string[];
  /** Runs it to its end and answers what it wrote. Rejects with that when it fails. */
  execute(...command: readonly string[]): Promise<string>;
  /** Every file, folder and link with its rights and content, but apt's own notes and caches. */
  snapshot(): ReadonlyMap<string, string>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Why none can be made here, in words that end a sentence; undefined when one can. */
export function whyNoCleanDebian(): string | undefined {
  if (process.platform !== 'linux') return 'this is no Linux';
  if (process.getuid?.() !== 0) return 'only root can make another system below a folder';
  if (!existsSync('/usr/bin/apt-get')) return 'this is no Debian, and apt names the mirror';
  return undefined;
}

/** Makes one from the mirror that apt on this machine uses. Takes a minute or two. */
export async function makeCleanDebian(): Promise<CleanDebian> {
  if (!isOnPath('debootstrap') && canInstallWithApt()) await installWithApt(['debootstrap']);
  if (!isOnPath('debootstrap')) {
    throw new Error('debootstrap is missing; install it with `apt-get install debootstrap`.');
  }
  const { mirror, release } = await ownMirror();
  const root = await mkdtemp(join(tmpdir(), 'millpond-debian-'));
  const env = { ...process.env, ...(await proxyOfApt()), LC_ALL: 'C.UTF-8' };
  const debian = cleanDebianAt(root, env);
  try {
    const args = ['--variant=minbase', release, root, mirror];
    await run('debootstrap', args, { env, maxBuffer: outputLimit });
    await run('mount', ['-t', 'proc', 'proc', join(root, 'proc')]);
    // So that later calls find the same lists, and the picture from before holds them.
    await debian.execute('apt-get', 'update');
    return debian;
  } catch (error) {
    await debian[Symbol.asyncDispose]();
    throw error;
  }
}

function cleanDebianAt(root: string, env: NodeJS.ProcessEnv): CleanDebian {
  const inside = (command: readonly string[]) => ['chroot', root, ...command];
  return {
    ...{ root, inside },
    async execute(...command) {
      const [program = '', ...args] = inside(command);
      const chrootEnv = { ...env, PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
      const options = { env: { ...chrootEnv, DEBIAN_FRONTEND: 'noninteractive' } };
      const { stdout } = await run(program, args, { ...options, maxBuffer: outputLimit });
      return stdout;
    },
    snapshot: () => snapshotOf(root),
    async [Symbol.asyncDispose]() {
      await run('umount', [join(root, 'proc')]).catch(() => undefined); // Not mounted yet.
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** What the kernel shows, and what apt itself writes down about any package that comes or goes. */
const ofOthers =
  /^(proc|dev|tmp|var\/(log|cache|lib\/apt)|var\/lib\/dpkg\/(status|triggers|lock|.*-old))(\/|-|$)/;

/** Never follows a link: `/bin` leads to `/usr/bin`. */
function snapshotOf(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (ofOthers.test(path)) continue;
      found.set(path, describe(join(root, path)));
      if (entry.isDirectory()) walk(path);
    }
  };
  walk('');
  return found;
}

function describe(path: string): string {
  const found = lstatSync(path);
  const rights = `${found.mode.toString(8)} ${String(found.uid)}:${String(found.gid)}`;
  if (found.isSymbolicLink()) return `${rights} -> ${readlinkSync(path)}`;
  if (!found.isFile()) return rights;
  return `${rights} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

/** Where apt on this machine gets the packages of its own release. */
async function ownMirror(): Promise<{ readonly mirror: string; readonly release: string }> {
  const release = /^VERSION_CODENAME=(.+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const format = '$(REPO_URI) $(CODENAME) $(COMPONENT)';
  const { stdout } = await run('apt-get', ['indextargets', '--format', format]);
  const entries = stdout.split('\n').map((line) => line.split(' '));
  const mirror = entries.find(([, name, part]) => name === release && part === 'main')?.[0];
  if (release === undefined || mirror === undefined) {
    throw new Error(
      'apt on this machine names no mirror of its own release; run `apt-get update`.',
    );
  }
  return { mirror, release };
}

/** debootstrap and the apt inside know nothing of this machine's configuration of apt. */
async function proxyOfApt(): Promise<Record<string, string>> {
  const { stdout } = await run('apt-config', ['shell', 'PROXY', 'Acquire::http::Proxy']);
  const proxy = /^PROXY='(.+)'$/m.exec(stdout)?.[1];
  return proxy === undefined ? {} : { http_proxy: proxy };
}
