import { expect } from 'vitest';
import {
  directoryOf,
  everyCapability,
  localUpstream,
  offeredModel,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture, RawResponse } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';

export const hello = { model: 'guide', messages: [{ role: 'user', content: 'Hi' }] };
export const chat = '/v1/chat/completions';

export interface ContractScene {
  readonly fixture: GatewayFixture;
  /** How the next request is answered. */
  steps: () => ScriptStep[];
  isKeyless: boolean;
}

/** A keyless gateway with models that answer, one that nothing can answer and one that only embeds. */
export async function openContractScene(): Promise<ContractScene> {
  const wishes = { steps: () => saying('Hello'), isKeyless: true };
  const local = localUpstream(createScriptedBackend(() => wishes.steps()));
  const directory = directoryOf(
    [
      offeredModel('guide'),
      offeredModel('acme/chat:Q4'),
      offeredModel('asleep'),
      offeredModel('embedder', { capabilities: { ...everyCapability, chat: false } }),
    ],
    [],
  );
  const fixture = await startGateway(
    createScriptedBackend(() => []),
    {
      directory: {
        ...directory,
        candidates: ({ envelope }) => (envelope.model === 'asleep' ? [] : [local]),
      },
      preferences: () => ({ keyless: wishes.isKeyless }),
      maxBodyBytes: 10_000,
      deadlineMs: 300,
    },
  );
  return Object.assign(wishes, { fixture });
}

/** OpenAI's form of an error, with the id of the request and without anything of the program's own. */
export function expectError(
  answer: RawResponse,
  status: number,
  code: string,
  param: string | null,
): void {
  const text: unknown = expect.stringMatching(/\S/);
  const request_id = answer.headers['x-request-id'];
  expect(request_id).toMatch(/^[\da-f-]{36}$/);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect([answer.status, answer.json()]).toEqual([
    status,
    { error: { message: text, type: text, param, code, request_id } },
  ]);
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d|at Object/);
}
