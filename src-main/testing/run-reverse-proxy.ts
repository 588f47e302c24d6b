import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const deployFolder = join(import.meta.dirname, '..', '..', 'resources', 'deploy');

export type ProxyProgram = 'nginx' | 'caddy';

/** Whether the program is installed here; without it its tests are skipped, and say so. */
export function isInstalled(program: ProxyProgram): boolean {
  try {
    execFileSync('which', [program], { env: { ...process.env, PATH: searchPath() } });
    return true;
  } catch {
    return false;
  }
}

export interface ProxiedSite {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** Where Millpond's port for it is. */
  readonly target: number;
  /** PEM files of a certificate for `localhost`. */
  readonly certificate: string;
  readonly key: string;
  /** Its own files. */
  readonly folder: string;
  /** Where Millpond lies on the site, such as `/millpond`; the whole site if absent. */
  readonly basePath?: string;
  /** Whom it says that it has signed in; nobody if absent. */
  readonly user?: string;
}

export interface RunningProxy {
  stop(): Promise<void>;
}

/** Starts a reverse proxy with the file that people are given; only names, ports and certificate differ. */
export async function runReverseProxy(
  program: ProxyProgram,
  site: ProxiedSite,
): Promise<RunningProxy> {
  const { folder } = site;
  const command = program === 'nginx' ? nginx(site) : caddy(site);
  const child = spawn(program, command, {
    env: { ...process.env, PATH: searchPath(), HOME: folder, XDG_DATA_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-4000);
  });
  const exited = once(child, 'exit');
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program} ended at once: ${said}`);
    if (await answers(site.port)) break;
  }
  return {
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** nginx lies where people without rights do not look. */
function searchPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;
}

function given(name: string, changes: readonly (readonly [from: RegExp, to: string])[]): string {
  let text = readFileSync(join(deployFolder, name), 'utf8');
  for (const [from, to] of changes) {
    if (!from.test(text)) throw new Error(`${name} does not say ${from.source} any more`);
    text = text.replace(from, to);
  }
  return text;
}

function nginx(wish: ProxiedSite): readonly string[] {
  const { folder, port, target, certificate, key, basePath = '', user = '' } = wish;
  const site = given('nginx.conf', [
    [/listen 443 ssl http2;/, `listen 127.0.0.1:${port.toString()} ssl http2;`],
    [/server_name ai\.example\.org;/, 'server_name localhost;'],
    [/ssl_certificate {5}\S+/, `ssl_certificate ${certificate};`],
    [/ssl_certificate_key \S+/, `ssl_certificate_key ${key};`],
    [/location \/ \{/, `location ${basePath}/ {`],
    [/Remote-User "";/, `Remote-User "${user}";`],
    [/server 127\.0\.0\.1:8485;/g, `server 127.0.0.1:${target.toString()};`],
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const whole = [
    'daemon off; worker_processes 1; error_log stderr warn;',
    `pid ${join(folder, 'nginx.pid')};`,
    'events { worker_connections 256; }',
    `http { access_log off; ${temporary.join(' ')}\n${site}\n}`,
  ];
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, whole.join('\n'));
  return ['-p', folder, '-c', file];
}

function caddy(wish: ProxiedSite): readonly string[] {
  const { folder, port, target, certificate, key, basePath = '', user = '' } = wish;
  const site = given('Caddyfile', [
    [
      /^ai\.example\.org \{$/m,
      `localhost:${port.toString()} {\n\tbind 127.0.0.1\n\ttls ${certificate} ${key}`,
    ],
    [/h2c:\/\/127\.0\.0\.1:8485/, `h2c://127.0.0.1:${target.toString()}`],
    [
      /@millpond path \/\*/,
      `@millpond path ${basePath === '' ? '/*' : `${basePath} ${basePath}/*`}`,
    ],
    [
      /reverse_proxy @millpond 127\.0\.0\.1:8485/,
      `reverse_proxy @millpond 127.0.0.1:${target.toString()}`,
    ],
    [
      /header_up -Remote-User/,
      user === '' ? 'header_up -Remote-User' : `header_up Remote-User "${user}"`,
    ],
  ]);
  const file = join(folder, 'Caddyfile');
  writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
  return ['run', '--adapter', 'caddyfile', '--config', file];
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      setTimeout(() => {
        resolve(false);
      }, 50);
    });
  });
}
