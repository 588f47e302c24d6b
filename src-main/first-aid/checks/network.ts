import type { Finding } from '../../contract/first-aid.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import type { Check } from '../examine.ts';
import { byCommand, byGoingTo, ok, problem, warning } from '../finding.ts';
import { sentence } from '../format.ts';

/** How the hub answered just now. */
export interface HubLook {
  readonly host: string;
  /** Why it is not asked at all. */
  readonly closedBy?: 'local-only' | 'environment';
  /** Of its answer's `Date`, in epoch milliseconds, and when that answer was here. */
  readonly date?: { readonly theirs: number; readonly ours: number };
  /** What it said to the token that is kept for it; absent without one. */
  readonly token?: 'good' | 'refused';
}

interface NetworkDeps {
  /** Rejects with why it cannot be reached. */
  readonly hub: (signal: AbortSignal) => Promise<HubLook>;
  /** Addresses of proxies that the environment names. Throws with what is wrong with one. */
  readonly proxies: () => readonly string[];
  readonly http: HttpClient;
}

/** The hub, and the clock by what the hub and others say the time is. */
export function checkNetwork(deps: NetworkDeps): Check {
  return {
    about: 'the network',
    limitMs: 45_000,
    async run(signal) {
      const proxies = await proxyFindings(deps, signal);
      const hub = await hubFindings(deps, signal);
      return [...hub.findings, ...proxies, ...clockFindings(hub.look)];
    },
  };
}

async function hubFindings(
  { hub }: NetworkDeps,
  signal: AbortSignal,
): Promise<{ readonly findings: readonly Finding[]; readonly look?: HubLook }> {
  try {
    const look = await hub(signal);
    const { host, closedBy, token } = look;
    if (closedBy !== undefined) {
      const reason = closedReasons[closedBy];
      return { findings: [ok('hub-closed', { host, reason })], look };
    }
    const fix = byGoingTo('/settings/hub');
    const finding =
      token === 'refused'
        ? problem('hub-token-refused', { values: { host }, fix })
        : ok('hub', { host });
    return { findings: [finding], look };
  } catch (thrown) {
    signal.throwIfAborted();
    return { findings: [unreachableHub(MillpondError.from(thrown))] };
  }
}

const closedReasons = { 'local-only': 'Local only', environment: 'HF_HUB_OFFLINE' } as const;

/** Authorities that no computer knows, at a hub that all computers know. */
const foreignAuthority = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

function unreachableHub(error: MillpondError): Finding {
  const code = codeIn(error);
  if (code !== undefined && foreignAuthority.has(code)) {
    const host = /^\S+/.exec(error.message)?.[0] ?? 'the hub';
    const fix = byCommand('export NODE_EXTRA_CA_CERTS=/path/to/your-network.pem');
    return problem('proxy-intercepts', { values: { host }, fix });
  }
  const values = { reason: sentence(error.message) };
  return warning('hub-unreachable', { values, fix: byGoingTo('/settings/hub') });
}

function codeIn(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const known = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return /^[A-Z_\d]+$/.test(known) ? known : codeIn(thrown.cause);
}

async function proxyFindings(
  { proxies, http }: NetworkDeps,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  let addresses: readonly string[];
  try {
    addresses = proxies();
  } catch (error) {
    const values = { reason: sentence(MillpondError.from(error).message) };
    return [problem('proxy-wrong', { values, fix: byCommand('unset HTTPS_PROXY HTTP_PROXY') })];
  }
  return Promise.all(addresses.map((address) => proxyFinding(address, http, signal)));
}

const proxyLimitMs = 5000;

async function proxyFinding(
  address: string,
  http: HttpClient,
  signal: AbortSignal,
): Promise<Finding> {
  const { host: proxy, protocol } = new URL(address);
  // What speaks SOCKS answers no HTTP; that the hub is reached or not tells about it.
  if (!protocol.startsWith('http')) return ok('proxy', { proxy });
  try {
    // Whatever it answers, it answers.
    const { body } = await http.request({
      ...{ method: 'GET', url: `${protocol}//${proxy}/` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(proxyLimitMs)]),
    });
    await body[Symbol.asyncIterator]().return?.();
    return ok('proxy', { proxy });
  } catch (thrown) {
    signal.throwIfAborted();
    // It answered with something that is no HTTP: somebody is there.
    if (MillpondError.from(thrown).reason === 'broken-off') return ok('proxy', { proxy });
    const fix = byCommand('unset HTTPS_PROXY HTTP_PROXY');
    return problem('proxy-silent', { values: { proxy }, fix });
  }
}

/** A minute breaks one-time codes; what lies below is the network's. */
const tolerableSkewMs = 60_000;

function clockFindings(look: HubLook | undefined): readonly Finding[] {
  if (look?.date === undefined) return [];
  const skewMs = look.date.ours - look.date.theirs;
  if (Math.abs(skewMs) <= tolerableSkewMs) return [ok('clock')];
  const values = {
    minutes: (Math.abs(skewMs) / 60_000).toFixed(1),
    direction: skewMs > 0 ? 'ahead of' : 'behind',
    host: look.host,
  };
  return [problem('clock-wrong', { values, fix: byCommand(setClock[process.platform] ?? 'date') })];
}

const setClock: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'sudo timedatectl set-ntp true',
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
};
