import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Which program listens on a port, such as `nginx (process 812)`. Undefined where the system does not tell
 * this account. Never rejects.
 */
export async function findPortHolder(port: number): Promise<string | undefined> {
  try {
    switch (process.platform) {
      case 'linux':
        return linuxHolder(port);
      case 'darwin':
        return await macHolder(port);
      case 'win32':
        return await windowsHolder(port);
      default:
        return undefined;
    }
  } catch {
    return undefined; // It may have ended meanwhile, or belong to somebody else.
  }
}

const listening = '0A';

function linuxHolder(port: number): string | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeners(file, suffix)),
  );
  if (inodes.size === 0) return undefined;
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name, inodes));
  if (pid === undefined) return undefined;
  return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`;
}

function listeners(file: string, suffix: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return []; // A system without IPv6.
  }
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const isIt = fields[1]?.endsWith(suffix) === true && fields[3] === listening;
    return isIt ? [`socket:[${fields[9] ?? ''}]`] : [];
  });
}

function holds(pid: string, inodes: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((name) => inodes.has(readLink(`${folder}/${name}`)));
  } catch {
    return false; // Of another account, or gone.
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

async function macHolder(port: number): Promise<string | undefined> {
  const found = await run('lsof', ['-nP', `-iTCP:${port.toString()}`, '-sTCP:LISTEN', '-Fpc']);
  const pid = /^p(\d+)$/m.exec(found)?.[1];
  const name = /^c(.+)$/m.exec(found)?.[1];
  return pid === undefined || name === undefined ? undefined : `${name} (process ${pid})`;
}

async function windowsHolder(port: number): Promise<string | undefined> {
  const lines = (await run('netstat', ['-ano', '-p', 'TCP'])).split('\n');
  const line = lines.find((each) =>
    new RegExp(`:${port.toString()}\\s+\\S+\\s+LISTENING`).test(each),
  );
  const pid = line?.trim().split(/\s+/).at(-1);
  if (pid === undefined) return undefined;
  const named = await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  const name = /^"([^"]+)"/.exec(named.trim())?.[1];
  return name === undefined ? `process ${pid}` : `${name} (process ${pid})`;
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 5000, windowsHide: true }, (_error, stdout) => {
      resolve(stdout);
    });
  });
}
