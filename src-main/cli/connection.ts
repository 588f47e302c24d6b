import { createControlClient } from '../contract/client.ts';
import type { ControlClient } from '../contract/control.ts';
import { MillpondError } from '../core/error.ts';
import { readBodyText } from '../core/http-body.ts';
import type { CliDependencies, RuntimeAddress } from './ports.ts';

/** A runtime to talk to: one that was already up, or one that this command carries. */
export interface Connection extends RuntimeAddress {
  readonly client: ControlClient;
  /** Stops the runtime if this command started it. */
  close(): Promise<void>;
}

/** Attaches to the running runtime, or starts one for as long as this command runs. */
export async function connect(deps: CliDependencies): Promise<Connection> {
  const running = await findAnywhere(deps);
  if (running) return { ...running, client: clientFor(deps, running), close: async () => {} };
  const own = await deps.startRuntime({ port: 0, loadDefaultModel: false });
  return { ...own, client: clientFor(deps, own), close: () => own.stop() };
}

/** Attaches only; commands about what is running have nothing to say about a fresh runtime. */
export async function attach(deps: CliDependencies): Promise<Connection | undefined> {
  const running = await findAnywhere(deps);
  return running && { ...running, client: clientFor(deps, running), close: async () => {} };
}

export async function attachOrFail(deps: CliDependencies): Promise<Connection> {
  const connection = await attach(deps);
  if (connection) return connection;
  throw new MillpondError('unavailable', 'Millpond is not running; start it with `millpond serve`');
}

/** Where `MILLPOND_URL` leads, else the runtime of this data folder. */
async function findAnywhere(deps: CliDependencies): Promise<RuntimeAddress | undefined> {
  return (await deps.remotes.chosen()) ?? (await deps.findRuntime());
}

/** The control API of a runtime, as whoever the address's bearer is. */
export function clientFor(deps: CliDependencies, address: RuntimeAddress): ControlClient {
  return createControlClient(async (request) => {
    const { path, body, headers, ...rest } = request;
    const response = await (address.http ?? deps.http).request({
      ...rest,
      url: `${address.origin}${path}`,
      headers: {
        ...headers,
        ...(address.token !== '' && { authorization: `Bearer ${address.token}` }),
      },
      ...(typeof body === 'string' || body instanceof Uint8Array ? { body } : {}),
    });
    const text = await readBodyText(response);
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  });
}
