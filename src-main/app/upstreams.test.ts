import { expect, test } from 'vitest';
import type { InferenceRequest, RequestEnvelope } from '../core/inference.ts';
import { thisMachineOnly } from '../gateway/ports.ts';
import type { Scope, Upstream, UpstreamDirectory } from '../gateway/ports.ts';
import { offeredModel } from '../testing/gateway-fixture.ts';
import { chatRequest } from '../testing/inference-requests.ts';
import { createUpstreams } from './upstreams.ts';

const sameDigest = 'a'.repeat(64);
const backend = { infer: () => [] as never };

function upstream(id: string, digest?: string): Upstream {
  return {
    ...{ id, kind: 'node', backend, machine: id },
    offer: {
      ...(digest !== undefined && { digest }),
      state: { phase: 'ready' },
      ...{ busySlots: 0, waiting: 0, slotContents: [], penalties: [] },
    },
  };
}

/** Knows its models by name, and `model@machine` for each of its machines. */
function directory(models: readonly string[], machines: readonly Upstream[]): UpstreamDirectory {
  return {
    models: () => models.map((id) => offeredModel(id)),
    resolve(name) {
      if (models.includes(name)) return { id: name };
      const [id = '', pin = ''] = name.split('@');
      const isKnown = models.includes(id) && machines.some((each) => each.id === pin);
      return isKnown ? { id, pin } : undefined;
    },
    candidates: ({ envelope: { model, pin } }) =>
      models.includes(model) ? machines.filter(({ id }) => pin === undefined || id === pin) : [],
  };
}

/** For those alone who may reach it. */
function cloud(models: readonly string[]): UpstreamDirectory {
  const all = directory(models, [{ id: 'openai', kind: 'provider', backend }]);
  return {
    models: (scope) => (scope.providers === undefined ? [] : all.models(scope)),
    resolve: (name, scope) =>
      scope.providers === undefined ? undefined : all.resolve(name, scope),
    candidates: (request) =>
      request.envelope.providers === undefined ? [] : all.candidates(request),
  };
}

const upstreams = createUpstreams({
  own: directory(['guide', 'secret'], [{ id: 'local', kind: 'local', backend }]),
  nodes: directory(['guide', 'large'], [upstream('desk', sameDigest), upstream('liar', 'b')]),
  joined: directory(['guide', 'far'], [upstream('pool:1', sameDigest)]),
  providers: cloud(['guide', 'cloudy']),
  digestOf: (id) => (id === 'guide' ? sameDigest : undefined),
});
const owner: Scope = { pools: ['pool'] };

const asked = (envelope: Partial<RequestEnvelope>): InferenceRequest => {
  const request = chatRequest('hello');
  return { ...request, envelope: { ...request.envelope, ...envelope } };
};
const idsFor = (envelope: Partial<RequestEnvelope>): readonly string[] =>
  upstreams.candidates(asked(envelope)).map(({ id }) => id);

test('one entry for each model, whoever has it', () => {
  expect(upstreams.models(owner).map(({ id }) => id)).toEqual(['guide', 'secret', 'large', 'far']);
});

test('one model is found as it stands in the list, and only where it stands there', () => {
  const scopes: readonly Scope[] = [
    owner,
    { ...owner, isVisitor: true },
    { ...owner, providers: 'own' },
    { ...owner, models: ['large', 'cloudy'], providers: 'own' },
  ];
  for (const scope of scopes) {
    const listed = upstreams.models(scope);
    for (const id of ['guide', 'secret', 'large', 'far', 'cloudy', 'guide@desk', 'nobody']) {
      const expected = listed.find((model) => model.id === id);
      expect(upstreams.model?.(id, scope)).toEqual(expected);
    }
  }
  expect(upstreams.model?.('cloudy', { ...owner, providers: 'own' })?.id).toBe('cloudy');
});

test('other machines stand in for this one only with the very same weights', () => {
  expect(idsFor({ model: 'guide' })).toEqual(['local', 'desk', 'pool:1']);
  expect(idsFor({ model: 'secret' })).toEqual(['local']);
  expect(idsFor({ model: 'large' })).toEqual(['desk', 'liar']);
});

test('a server attached here stands beside machines that have a model of that name', () => {
  const attached = createUpstreams({
    own: directory(['large'], [{ id: 'cloud', kind: 'attached', backend }]),
    nodes: directory(['large'], [upstream('desk', sameDigest)]),
    joined: directory([], []),
    providers: cloud(['large']),
    digestOf: () => undefined,
  });
  const ids = attached.candidates(asked({ model: 'large' })).map(({ id }) => id);
  expect(ids).toEqual(['cloud', 'desk']);
});

test('a pinned machine answers alone, also when this one has the model too', () => {
  expect(upstreams.resolve('guide@desk', owner)).toEqual({ id: 'guide', pin: 'desk' });
  expect(idsFor({ model: 'guide', pin: 'desk' })).toEqual(['desk']);
});

test('who comes in through a pool sees that pool and nothing else', () => {
  const visitor: Scope = { ...owner, isVisitor: true };
  expect(upstreams.models(visitor).map(({ id }) => id)).toEqual(['guide', 'large']);
  expect(upstreams.resolve('secret', visitor)).toBeUndefined();
  expect(upstreams.resolve('far', visitor)).toBeUndefined();
  expect(idsFor({ model: 'secret', isVisitor: true })).toEqual([]);
});

test("a key's models are all that it may ask, this machine's own included", () => {
  const limited: Scope = { ...owner, models: ['guide', 'far'] };
  expect(upstreams.models(limited).map(({ id }) => id)).toEqual(['guide', 'far']);
  expect(upstreams.resolve('secret', limited)).toBeUndefined();
  expect(upstreams.resolve('large', limited)).toBeUndefined();
  expect(upstreams.resolve('guide@desk', limited)).toEqual({ id: 'guide', pin: 'desk' });
  expect(upstreams.resolve('secret', thisMachineOnly)).toEqual({ id: 'secret' });
});

test('a cloud is asked for what no machine has, and never in place of one that is away', () => {
  expect(idsFor({ model: 'cloudy', providers: 'own' })).toEqual(['openai']);
  const away = createUpstreams({
    own: directory(['large'], []),
    nodes: directory([], []),
    joined: directory([], []),
    providers: cloud(['large']),
    digestOf: () => undefined,
  });
  expect(away.candidates(asked({ model: 'large', providers: 'own' }))).toEqual([]);
  expect(away.candidates(asked({ model: 'large', pin: 'openai', providers: 'own' }))).toHaveLength(
    1,
  );
});
