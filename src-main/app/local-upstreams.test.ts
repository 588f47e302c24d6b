import { expect, test } from 'vitest';
import type { ShareableModel } from '../agent/ports.ts';
import type { ModelManifest } from '../core/model.ts';
import { everyCapability } from '../testing/gateway-fixture.ts';
import { chatRequest } from '../testing/inference-requests.ts';
import { createLocalUpstreams } from './local-upstreams.ts';

const manifest: ModelManifest = {
  ...{ id: 'guide', name: 'Guide', format: 'gguf', path: '/guide.gguf' },
  ...{ sizeBytes: 1, source: 'bundled' },
};
const model: ShareableModel = {
  ...{ id: 'guide', name: 'Guide', digest: 'a'.repeat(64), contextLength: 2048 },
  ...{ capabilities: everyCapability, slots: 4, busySlots: 1, waiting: 0 },
  state: { phase: 'ready' },
};

function localWith(changes: Partial<ShareableModel>) {
  const upstreams = createLocalUpstreams({
    library: { find: () => manifest },
    catalogue: { list: () => [] },
    engines: { infer: () => [] as never },
    attached: { resolve: () => undefined, upstreamFor: () => undefined },
    shareable: { models: () => [{ ...model, ...changes }], slots: () => [] },
    machineName: () => 'mill-house',
    startedAt: 0,
  });
  return upstreams.candidates(chatRequest('hi', { envelope: { model: 'guide' } }))[0];
}

test('this machine tells what it has, but no slots: its engine keeps the line', () => {
  const offer = localWith({})?.offer;
  expect(offer).toMatchObject({ digest: model.digest, state: { phase: 'ready' }, busySlots: 1 });
  expect(offer).not.toHaveProperty('slots');
});

test('whoever asks for a model that is being unloaded here waits for it instead of being refused', () => {
  expect(localWith({ state: { phase: 'draining' } })?.offer?.state).toEqual({ phase: 'installed' });
});

test('this machine goes by the name that its owner gave it', () => {
  expect(localWith({})?.machine).toBe('mill-house');
});
