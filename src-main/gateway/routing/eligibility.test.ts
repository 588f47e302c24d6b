import { describe, expect, test } from 'vitest';
import type { ChatInput, Privacy, RequestEnvelope } from '../../core/inference.ts';
import { everyCapability } from '../../testing/gateway-fixture.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { machine, routerOver, tokensOf, wholeAnswer } from './scripted-machines.fixture.ts';
import type { Machine, MachineScript } from './scripted-machines.fixture.ts';

const tools: ChatInput['tools'] = [{ name: 'read_file' }];

const kinds: Readonly<Record<string, MachineScript>> = {
  here: { upstream: { kind: 'local', trust: 'own' } },
  own: { upstream: { trust: 'own' } },
  trusted: { upstream: { trust: 'trusted' } },
  guest: { upstream: { trust: 'guest' } },
};

interface Question {
  readonly envelope?: Partial<RequestEnvelope>;
  readonly input?: Partial<ChatInput>;
}

async function ask(machines: readonly Machine[], question: Question = {}) {
  const { router } = routerOver(machines);
  const request = chatRequest('hi', {
    envelope: { privacy: 'trusted', pools: ['pool'], ...question.envelope },
    ...(question.input && { input: question.input }),
  });
  const { signal } = new AbortController();
  return Array.fromAsync(router.infer(request, { signal }));
}

describe('who may read a prompt', () => {
  const everywhere: readonly Privacy[] = ['this-machine', 'trusted', 'any'];
  const table = everywhere.flatMap((privacy) =>
    Object.keys(kinds).flatMap((kind) =>
      [false, true].map((hasTools) => ({ privacy, kind, hasTools })),
    ),
  );
  const isAllowed = (privacy: Privacy, kind: string, hasTools: boolean): boolean => {
    if (privacy === 'this-machine') return kind === 'here';
    return kind !== 'guest' || (privacy === 'any' && !hasTools);
  };
  test.each(table)('$privacy on $kind, tools $hasTools', async ({ privacy, kind, hasTools }) => {
    const only = machine(kind, kinds[kind]);
    const answer = ask([only], {
      envelope: { privacy },
      ...(hasTools && { input: { tools } }),
    });
    if (isAllowed(privacy, kind, hasTools)) {
      expect(tokensOf(await answer)).toEqual(wholeAnswer(20));
      return;
    }
    await expect(answer).rejects.toMatchObject({ code: 'forbidden' });
    expect(only.calls).toHaveLength(0);
  });

  test('tools that are offered but not to be called need a trusted machine too', async () => {
    const guest = machine('guest', kinds['guest']);
    const answer = ask([guest], {
      envelope: { privacy: 'any' },
      input: { tools, toolChoice: 'none' },
    });
    await expect(answer).rejects.toMatchObject({ code: 'forbidden', param: 'tools' });
  });
});

describe('what a machine must have', () => {
  test('a request goes to the one that can do it', async () => {
    const blind = machine('blind', {
      offer: { capabilities: { ...everyCapability, vision: false } },
    });
    const seeing = machine('seeing', {
      offer: { capabilities: { ...everyCapability, vision: true } },
    });
    const image = { type: 'image', url: 'data:image/png;base64,AA==' } as const;
    const question = { input: { messages: [{ role: 'user', content: [image] }] } } as const;
    await ask([blind, seeing], question);
    expect([blind, seeing].map(({ calls }) => calls.length)).toEqual([0, 1]);
    await expect(ask([blind], question)).rejects.toMatchObject({ code: 'unsupported-capability' });
  });

  test('a long prompt goes to a long context, where there is one', async () => {
    const short = machine('short', { offer: { contextLength: 1024 } });
    const long = machine('long', { offer: { contextLength: 32_768 } });
    const text = 'word '.repeat(4000);
    const messages: ChatInput['messages'] = [{ role: 'user', content: [{ type: 'text', text }] }];
    await ask([short, long], { input: { messages } });
    expect([short, long].map(({ calls }) => calls.length)).toEqual([0, 1]);
    await ask([short], { input: { messages } });
    expect(short.calls).toHaveLength(1);
  });

  test('one that finishes takes nothing new', async () => {
    const draining = machine('a', { offer: { state: { phase: 'draining' } } });
    await expect(ask([draining])).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a request for exact weights does not go to others of the same name', async () => {
    const answer = ask([machine('a')], { envelope: { digest: 'f'.repeat(64) } });
    await expect(answer).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a request that names its machine', () => {
  test('goes there alone, by name or id', async () => {
    for (const pin of ['b machine', 'B', 'b']) {
      const machines = [machine('a'), machine('b')];
      await ask(machines, { envelope: { pin } });
      expect(machines.map(({ calls }) => calls.length)).toEqual([0, 1]);
    }
  });

  test('learns no more about one that is hidden than about one that never was', async () => {
    const answer = ask([machine('a')], { envelope: { pin: 'secret' } });
    await expect(answer).rejects.toMatchObject({
      code: 'model-not-found',
      message: "There is no model called 'guide@secret'; GET /v1/models lists those that exist",
    });
  });
});

describe('what goes along to another machine', () => {
  test('is the canonical request without what only the gateway decides by', async () => {
    const node = machine('a');
    const { router } = routerOver([node], { gatewayId: 'us' });
    const { signal } = new AbortController();
    const envelope: Partial<RequestEnvelope> = {
      privacy: 'trusted',
      pools: ['pool'],
      isVisitor: true,
      pin: 'a',
      affinity: { key: 'k', isStrict: false },
      hops: ['them'],
    };
    await Array.fromAsync(router.infer(chatRequest('hi', { envelope }), { signal }));
    const sent = node.calls[0]?.request.envelope;
    expect(sent).toMatchObject({ hops: ['them', 'us'], tenant: 'owner', digest: 'a'.repeat(64) });
    expect(sent?.marks.length).toBeGreaterThan(0);
    for (const field of ['pools', 'isVisitor', 'pin', 'affinity']) {
      expect(sent).not.toHaveProperty(field);
    }
  });

  test('a request that came round is refused', async () => {
    const node = machine('a');
    const { router } = routerOver([node], { gatewayId: 'us' });
    const request = chatRequest('hi', { envelope: { hops: ['us', 'them'] } });
    const { signal } = new AbortController();
    const answer = Array.fromAsync(router.infer(request, { signal }));
    await expect(answer).rejects.toMatchObject({ code: 'conflict', reason: 'loop' });
    expect(node.calls).toHaveLength(0);
  });
});

describe('why a machine was chosen', () => {
  test('names every candidate, and what spoke against those left out', async () => {
    const guest = machine('guest', kinds['guest']);
    const { ask: askAll, decisions } = routerOver([guest, machine('a'), machine('b')]);
    await askAll();
    expect(decisions.at(-1)).toMatchObject({
      strategy: 'least-busy',
      candidates: [
        { machine: 'a machine', isChosen: true },
        { machine: 'b machine', isChosen: false },
        {
          machine: 'guest machine',
          isChosen: false,
          excluded: 'the prompt is for trusted machines, and this is a guest',
        },
      ],
      attempts: [{ machine: 'a machine', tokens: 20 }],
      queuedMs: 0,
      isSticky: false,
    });
  });

  test('is not told where there was nothing to choose', async () => {
    const { ask: askOne, decisions } = routerOver([machine('a')]);
    await askOne();
    expect(decisions).toEqual([]);
  });

  test('a machine of a pool is named by us, and its own headers stay behind', async () => {
    const [head] = await ask([machine('a')]);
    expect(head).toEqual({
      type: 'head',
      servedBy: {
        upstream: 'a',
        machine: 'a machine',
        model: 'guide',
        digest: 'a'.repeat(64),
        pool: 'pool',
      },
      headers: { 'x-millpond-attempts': '1' },
    });
  });
});
