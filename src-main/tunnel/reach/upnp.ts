import type { HttpClient } from '../../core/http.ts';
import { readBodyText } from '../../core/http-body.ts';
import type { RouterAnswer } from './ports.ts';

/** Where a router takes orders for its way out, and in which language. */
export interface RouterControl {
  readonly url: string;
  readonly service: string;
}

/** Descriptions and answers are a few kilobytes. */
const maxBytes = 256 * 1024;
const connections = /^urn:schemas-upnp-org:service:WAN(?:IPConnection:[12]|PPPConnection:1)$/;
/** Codes of the UPnP forum: a mapping of somebody else is in the way; leases are not known. */
const conflict = 718;
const onlyPermanent = 725;
/** Outer ports that are tried when the first is taken. */
const tries = 4;
const description = 'Millpond pool';

interface Wishes {
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

/** Reads a router's description; undefined when it cannot open ports. */
export async function describeRouter(
  location: string,
  { http, signal }: Wishes,
): Promise<RouterControl | undefined> {
  const response = await http.request({ method: 'GET', url: location, signal });
  const text = await readBodyText(response, { maxBytes });
  return response.status === 200 ? readDescription(text, location) : undefined;
}

/** The control address of the first service that knows port mappings, on the router itself. */
export function readDescription(xml: string, location: string): RouterControl | undefined {
  for (const [, service = ''] of xml.matchAll(/<service>([\s\S]*?)<\/service>/g)) {
    const type = valueOf(service, 'serviceType') ?? '';
    const path = valueOf(service, 'controlURL') ?? '';
    if (!connections.test(type) || path === '' || !URL.canParse(path, location)) continue;
    const url = new URL(path, location);
    if (url.hostname === new URL(location).hostname && url.protocol === 'http:') {
      return { url: url.href, service: type };
    }
  }
  return undefined;
}

/** Opens the port towards `internalHost`. Refusals are no mapping, not failures. */
export async function mapByUpnp(
  control: RouterControl,
  order: { readonly internalHost: string; readonly port: number; readonly leaseSeconds: number },
  wishes: Wishes,
): Promise<RouterAnswer> {
  const external = await call(control, 'GetExternalIPAddress', [], wishes);
  const address = valueOf(external.text, 'NewExternalIPAddress') ?? '';
  const isKnown = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address) && address !== '0.0.0.0';
  if (!isKnown) return { kind: 'answered' };
  const port = await openSomePort(control, order, wishes);
  return {
    kind: 'answered',
    externalAddress: address,
    ...(port !== undefined && { mapping: { host: address, port } }),
  };
}

export async function unmapByUpnp(
  control: RouterControl,
  port: number,
  wishes: Wishes,
): Promise<void> {
  await call(control, 'DeletePortMapping', outerPort(port), wishes);
}

async function openSomePort(
  control: RouterControl,
  order: { readonly internalHost: string; readonly port: number; readonly leaseSeconds: number },
  wishes: Wishes,
): Promise<number | undefined> {
  let { leaseSeconds } = order;
  let port = order.port;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { status, text } = await call(
      control,
      'AddPortMapping',
      [
        ...outerPort(port),
        ['NewInternalPort', order.port.toString()],
        ['NewInternalClient', order.internalHost],
        ['NewEnabled', '1'],
        ['NewPortMappingDescription', description],
        ['NewLeaseDuration', leaseSeconds.toString()],
      ],
      wishes,
    );
    if (status === 200) return port;
    const code = Number(valueOf(text, 'errorCode'));
    if (code === onlyPermanent && leaseSeconds !== 0) leaseSeconds = 0;
    else if (code === conflict && port < 65_535) port += 1;
    else return undefined;
  }
  return undefined;
}

type Arguments = readonly (readonly [name: string, value: string])[];

function outerPort(port: number): Arguments {
  return [
    ['NewRemoteHost', ''],
    ['NewExternalPort', port.toString()],
    ['NewProtocol', 'TCP'],
  ];
}

/** One SOAP order. All that we send is of our own making, so nothing needs escaping. */
async function call(
  { url, service }: RouterControl,
  action: string,
  given: Arguments,
  { http, signal }: Wishes,
): Promise<{ readonly status: number; readonly text: string }> {
  const parts = given.map(([name, value]) => `<${name}>${value}</${name}>`).join('');
  const response = await http.request({
    method: 'POST',
    url,
    headers: {
      'content-type': 'text/xml; charset="utf-8"',
      soapaction: `"${service}#${action}"`,
    },
    body: `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:${action} xmlns:u="${service}">${parts}</u:${action}></s:Body></s:Envelope>`,
    signal,
  });
  return { status: response.status, text: await readBodyText(response, { maxBytes }) };
}

function valueOf(xml: string, tag: string): string | undefined {
  return new RegExp(`<${tag}>\\s*([^<]{0,500}?)\\s*</${tag}>`).exec(xml)?.[1];
}
