import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { HttpClient } from '../../core/http.ts';
import { createOutgoing } from '../../platform/http/outgoing.ts';
import { systemClock } from '../../platform/system-clock.ts';

export interface FakeRouter {
  readonly port: number;
  /** What it was asked, in its own words. */
  readonly asked: readonly string[];
}

/** A router that speaks NAT-PMP; `external` is its outer address. It says nothing while `isSilent`. */
export async function openNatPmpRouter(external: string, isSilent = false): Promise<FakeRouter> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (request, peer) => {
    asked.push(request.toString('hex'));
    if (isSilent) return;
    const isMapping = request.length === 12;
    const answer = Buffer.alloc(isMapping ? 16 : 12);
    answer.writeUInt8(0x80 + (request[1] ?? 0), 1);
    answer.writeUInt32BE(1000, 4);
    if (isMapping) {
      answer.writeUInt16BE(request.readUInt16BE(4), 8);
      answer.writeUInt16BE(request.readUInt16BE(6), 10);
      answer.writeUInt32BE(request.readUInt32BE(8), 12);
    } else {
      answer.set(external.split('.').map(Number), 8);
    }
    socket.send(answer, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => {
    socket.close();
  });
  return { port: socket.address().port, asked };
}

const service = 'urn:schemas-upnp-org:service:WANIPConnection:1';

/** The description that routers of the first edition give, shortened to what is read. */
const description = `<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<serviceList><service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>
<controlURL>/ctl/L3F</controlURL></service></serviceList>
<deviceList><device><serviceList><service>
<serviceType>${service}</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>
<controlURL>/ctl/IPConn</controlURL><SCPDURL>/WANIPCn.xml</SCPDURL></service></serviceList></device></deviceList>
</device></root>`;

const envelope = (body: string): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
const fault = (code: number): string =>
  envelope(
    `<s:Fault><detail><UPnPError><errorCode>${code.toString()}</errorCode></UPnPError></detail></s:Fault>`,
  );

/** A router that speaks UPnP: answers searches on its UDP port and orders over HTTP. */
export async function openUpnpRouter(options: {
  readonly external: string;
  /** Outer ports that somebody else has. */
  readonly taken?: readonly number[];
  /** Knows no leases, as old ones do not. */
  readonly isOld?: boolean;
}): Promise<FakeRouter> {
  const { external, taken = [], isOld = false } = options;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const action = /<u:(\w+)/.exec(body)?.[1] ?? 'describe';
      const outer = Number(/<NewExternalPort>(\d+)</.exec(body)?.[1] ?? 0);
      const lease = Number(/<NewLeaseDuration>(\d+)</.exec(body)?.[1] ?? 0);
      asked.push([action, outer, lease].join(' '));
      const failure = taken.includes(outer) ? 718 : isOld && lease > 0 ? 725 : undefined;
      response.statusCode = failure === undefined ? 200 : 500;
      response.setHeader('content-type', 'text/xml');
      if (action === 'describe') response.end(description);
      else if (failure !== undefined) response.end(fault(failure));
      else if (action === 'GetExternalIPAddress') {
        response.end(envelope(`<NewExternalIPAddress>${external}</NewExternalIPAddress>`));
      } else response.end(envelope(`<u:${action}Response/>`));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = createSocket('udp4');
  socket.on('message', (search, peer) => {
    if (!search.toString().startsWith('M-SEARCH')) return;
    const location = `http://127.0.0.1:${port.toString()}/rootDesc.xml`;
    const answer = `HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nLOCATION: ${location}\r\n\r\n`;
    socket.send(answer, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => {
    socket.close();
    server.close();
  });
  return { port: socket.address().port, asked };
}

/** The product's own HTTP client, closed when the test has finished. */
export function openHttp(): HttpClient {
  const outgoing = createOutgoing(systemClock);
  onTestFinished(() => outgoing.close());
  return outgoing.client('pool');
}
