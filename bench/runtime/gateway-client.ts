import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { join } from 'node:path';
import type { PostTarget } from '../support/event-stream.ts';
import type { FromGatewayProcess, ProcessUsage, ToGatewayProcess } from './gateway-protocol.ts';

/** A gateway in a process of its own, and how to ask it. */
export interface GatewayUnderTest extends AsyncDisposable {
  /** The gateway, and a bare server that gives the same answers. */
  readonly targets: { readonly gateway: PostTarget; readonly bare: PostTarget };
  /** Runs `work` and tells what the gateway's process spent meanwhile. */
  during(work: () => Promise<void>): Promise<ProcessUsage>;
  /** What the paced model costs that process when it is read with no gateway in front. */
  drainAlone(streams: number, seconds: number): Promise<ProcessUsage>;
}

export async function startGatewayProcess(): Promise<GatewayUnderTest> {
  const child = fork(join(import.meta.dirname, 'gateway-process.ts'), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const ended = once(child, 'exit');
  const ask = async (message?: ToGatewayProcess): Promise<FromGatewayProcess> => {
    if (message !== undefined) child.send(message);
    const lost = ended.then(() => {
      throw new Error('The process of the gateway ended');
    });
    const [answer] = (await Promise.race([once(child, 'message'), lost])) as [FromGatewayProcess];
    return answer;
  };
  const ready = await ask();
  if (ready.type !== 'ready') throw new Error('The gateway did not start');
  const usageOf = (answer: FromGatewayProcess): ProcessUsage => {
    if (answer.type !== 'usage') throw new Error(`Unexpected answer: ${answer.type}`);
    return answer.usage;
  };
  const path = '/v1/chat/completions';
  return {
    targets: {
      gateway: {
        port: ready.gatewayPort,
        path,
        agent,
        headers: { authorization: `Bearer ${ready.key}` },
      },
      bare: { port: ready.barePort, path, agent },
    },
    async during(work) {
      await ask({ type: 'begin' });
      await work();
      return usageOf(await ask({ type: 'end' }));
    },
    drainAlone: async (streams, seconds) =>
      usageOf(await ask({ type: 'drain-alone', streams, seconds })),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      // Ctrl+C reaches it too: it may be gone already.
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

export function chatBody(model: string, stream: boolean, maxTokens = 16): Record<string, unknown> {
  const messages = [{ role: 'user', content: 'What lives in a mill pond?' }];
  return { model, messages, stream, max_tokens: maxTokens };
}
