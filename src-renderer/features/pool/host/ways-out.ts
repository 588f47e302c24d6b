import type { Reach } from '../../../api.ts';

type Candidate = Reach['candidates'][number];

/** The port of pools where none has been opened yet. */
const usualPort = 8443;

/** Stands in the commands until the owner has named a server of their own. */
const exampleServer = 'server.example.org';

/** The three ways in for others where nobody can dial this network, with everything filled in. */
export interface WaysOut {
  /** Prints this machine's name in the overlay network. */
  readonly overlayCommand: string;
  /** The address in an overlay network that is there already. */
  readonly overlayAddress: string | undefined;
  /** Carries the encrypted port to a server, unopened. */
  readonly passthroughCommand: string;
  /** What the server's ssh needs for that. */
  readonly passthroughSetting: string;
  /** Runs a gateway on the server itself. */
  readonly serverCommand: string;
  /** What others dial then. */
  readonly serverAddress: string;
  /** The owner has named a server, so that `serverAddress` is a real one. */
  readonly hasServer: boolean;
}

/** Fills in the ways for this port, this pool, and the server that the owner typed. */
export function waysOut(
  reach: Pick<Reach, 'port' | 'candidates'>,
  poolName: string,
  typedServer: string,
): WaysOut {
  const port = String(reach.port ?? usualPort);
  const named = serverName(typedServer);
  const server = named ?? exampleServer;
  return {
    overlayCommand: 'tailscale up && tailscale ip -4',
    overlayAddress: reach.candidates.find(isOverlay)?.address,
    passthroughCommand: `ssh -N -o ServerAliveInterval=15 -R 0.0.0.0:${port}:127.0.0.1:${port} root@${server}`,
    passthroughSetting: 'GatewayPorts clientspecified',
    serverCommand: `ssh -t root@${server} millpond serve --pool ${quoted(poolName)}`,
    serverAddress: `${server}:${port}`,
    hasServer: named !== undefined,
  };
}

function isOverlay({ kind, verdict }: Candidate): boolean {
  return kind === 'overlay' && verdict !== 'closed';
}

/** The host in what was typed or pasted; undefined while it is no host name or address. */
function serverName(typed: string): string | undefined {
  const host = typed
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/^.*@/, '')
    .replace(/[/:].*$/, '');
  return /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(host) ? host : undefined;
}

/** A word for a POSIX shell, whatever a pool is called. */
function quoted(word: string): string {
  return /^[\w-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
