import OpenAI from 'openai';
import type { InferenceRequest } from '../../core/inference.ts';
import { startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { ScriptStep, ScriptedBackend } from '../../testing/scripted-backend.ts';

export interface OpenAiScene {
  readonly backend: ScriptedBackend;
  readonly fixture: GatewayFixture;
  /** The official client, keyless. */
  readonly openai: OpenAI;
  /** How requests are answered; says `Hello` in two pieces until a test wants something else. */
  script: (request: InferenceRequest) => Iterable<ScriptStep>;
}

/** A gateway with the model `guide`, and the official client in front of it. The caller stops it. */
export async function openOpenAiScene(): Promise<OpenAiScene> {
  const wishes: Pick<OpenAiScene, 'script'> = { script: () => saying('Hel', 'lo') };
  const backend = createScriptedBackend((request) => wishes.script(request));
  const fixture = await startGateway(backend);
  const baseURL = `${fixture.origin}/v1`;
  const openai = new OpenAI({ apiKey: 'keyless', baseURL, maxRetries: 0 });
  return Object.assign(wishes, { backend, fixture, openai });
}
