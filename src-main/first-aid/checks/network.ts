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
  readonly closedBy?: string;
  /** Of its answer's `Date`, in epoch milliseconds, and when that answer was here. */
  readonly date?: { readonly theirs: number; readonly ours: number };
  /** What it said to the token that is kept for it; absent without one. */
  readonly token?: 'good' | 'refused';
}

interface NetworkDeps {
  /** Rejects with why it cannot be reached. */
  readonly hub: (signal: AbortSignal) => Promise<HubLook>;
  /** Other answers with a date, such as those of gateways that this machine asks. */
  readonly otherDates: (
    signal: AbortSignal,
  ) => Promise<
    readonly { readonly host: string; readonly theirs: number; readonly ours: number }[]
  >;
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
      const dates = [...hub.dates, ...(await deps.otherDates(signal))];
      return [...hub.findings, ...proxies, ...clockFindings(dates)];
    },
  };
}

async function hubFindings({ hub }: NetworkDeps, signal: AbortSignal) {
  try {
    const { host, closedBy, date, token } = await hub(signal);
    const dates = date === undefined ? [] : [{ host, ...date }];
    const fix = byGoingTo('/settings/hub');
    if (closedBy !== undefined) {
      return { findings: [ok('hub-closed', { host, reason: closedBy })], dates };
    }
    const findings =
      token === 'refused'
        ? [problem('hub-token-refused', { values: { host }, fix })]
        : [ok('hub', { host })];
    return { findings, dates };
  } catch (thrown) {
    signal.throwIfAborted();
    return { findings: [unreachableHub(MillpondError.from(thrown))], dates: [] };
  }
}

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

function clockFindings(
  dates: readonly { readonly host: string; readonly theirs: number; readonly ours: number }[],
): readonly Finding[] {
  const [first] = dates;
  if (first === undefined) return [];
  const wrong = dates.filter(({ theirs, ours }) => Math.abs(ours - theirs) > tolerableSkewMs);
  // One host may be wrong itself: only when all of them agree it is this computer.
  if (wrong.length < dates.length) return [ok('clock')];
  const skewMs = first.ours - first.theirs;
  const values = {
    minutes: (Math.abs(skewMs) / 60_000).toFixed(1),
    direction: skewMs > 0 ? 'ahead of' : 'behind',
    host: first.host,
  };
  return [problem('clock-wrong', { values, fix: byCommand(setClock[process.platform] ?? '') })];
}

const setClock: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'sudo timedatectl set-ntp true',
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
};
