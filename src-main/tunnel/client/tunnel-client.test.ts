import { afterEach, expect, test } from 'vitest';
import { collect, chatRequest, textOf } from '../../testing/inference-requests.ts';
import { openTestGateway } from './gateway.fixture.ts';
import type { TestGateway } from './gateway.fixture.ts';
import { joinedNode } from './node.fixture.ts';
import type { TestNode } from './node.fixture.ts';

const opened: { readonly close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function open(): Promise<{ gateway: TestGateway; node: TestNode }> {
  const gateway = await openTestGateway();
  const node = joinedNode(gateway);
  opened.push(gateway, { close: () => node.client.stop() });
  return { gateway, node };
}
const signal = new AbortController().signal;

test('connects, answers for the gateway, and asks the pool', async () => {
  const { gateway, node } = await open();
  node.client.start();
  const state = await node.until('online');
  expect(state.address).toBe(`127.0.0.1:${gateway.port}`);
  const link = await gateway.gate.link();
  expect(textOf(await collect(link.infer(chatRequest('hi'), { signal })))).toBe('from the node');
  expect(textOf(await collect(node.client.backend.infer(chatRequest('hi'), { signal })))).toBe(
    'from the pool',
  );
});
