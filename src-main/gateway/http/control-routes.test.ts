import { afterEach, describe, expect, test } from 'vitest';
import type { ControlHandlers } from '../../contract/control.ts';
import {
  fixtureHandlers,
  ownerPersonId,
  ownerToken,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend } from '../../testing/scripted-backend.ts';

let fixture: GatewayFixture | undefined;
const authorization = `Bearer ${ownerToken}`;

afterEach(async () => {
  await fixture?.gateway.stop();
});

async function start(changes: (handlers: ControlHandlers) => Partial<ControlHandlers>) {
  fixture = await startGateway(
    createScriptedBackend(() => []),
    {
      handlers: (gateway) => {
        const handlers = fixtureHandlers(gateway);
        return { ...handlers, ...changes(handlers) };
      },
    },
  );
  return fixture;
}

describe('an upload', () => {
  test('reaches its handler as raw bytes, with its fields from the query', async () => {
    const { send } = await start(({ chats }) => ({
      chats: {
        ...chats,
        attach: ({ name }, body) => ({
          id: '0190a000-0000-7000-8000-000000000003',
          name,
          mediaType: 'text/plain',
          sizeBytes: body.byteLength,
          characters: body[1] ?? 0,
          tokens: 0,
          isImage: false,
        }),
      },
    }));
    const upload = {
      method: 'POST',
      path: '/control/attachments?name=notes%20%C3%A4.json',
      body: new Uint8Array([0, 255, 10]),
    };
    for (const type of ['application/json', 'application/octet-stream', 'text/plain']) {
      const answer = await send({ ...upload, headers: { authorization, 'content-type': type } });
      expect(answer.json()).toMatchObject({ name: 'notes ä.json', sizeBytes: 3, characters: 255 });
    }
    const stranger = await send({ ...upload, headers: { 'content-type': 'text/plain' } });
    expect(stranger.status).toBe(401);
  });
});

describe('a call', () => {
  test('whose handler breaks the contract is a 500 that is not sent on', async () => {
    const { send } = await start(({ chats }) => ({
      chats: {
        ...chats,
        attachmentText: () => JSON.parse('{"text":7,"secret":"x"}') as { text: string },
      },
    }));
    const path = '/control/attachments/0190a000-0000-7000-8000-000000000003/text';
    const answer = await send({ path, headers: { authorization } });
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ error: { code: 'internal' } });
    expect(answer.text).not.toContain('secret');
  });

  test('knows who makes it', async () => {
    const asked: unknown[] = [];
    const { send } = await start(({ server }) => ({
      server: {
        ...server,
        revokeKey: (input, context) => {
          asked.push(input, context);
          return {};
        },
      },
    }));
    const id = '0190a000-0000-7000-8000-000000000004';
    const path = `/control/keys/${id}`;
    const answer = await send({ method: 'DELETE', path, headers: { authorization } });
    expect([answer.status, answer.json()]).toEqual([200, {}]);
    const peer = { address: '127.0.0.1', isThisMachine: true };
    expect(asked).toEqual([{ id }, { personId: ownerPersonId, sessionId: 'owner', peer }]);
    const malformed = await send({
      method: 'DELETE',
      path: '/control/keys/7',
      headers: { authorization },
    });
    expect(malformed.json()).toMatchObject({ error: { code: 'invalid-request', param: 'id' } });
  });
});
