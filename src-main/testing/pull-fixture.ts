import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { ControlClient } from '../contract/control.ts';
import type { Download } from '../contract/downloads.ts';
import type { SettingsPatch } from '../contract/settings.ts';
import { startTestModelHub, type HubModelFixture, type TestModelHub } from './hub/hub-api.ts';
import { scriptedRepo } from './hub/scripted-repo.ts';
import { startTestRuntime } from './start-test-runtime.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { patience } from './patience.ts';

/** What `heron` is called on the hub, its one file, and its name once it is here. */
export const pulledRepo = 'pond/Heron-GGUF';
export const pulledFile = 'Heron-Q4_K_M.gguf';
export const pulledId = 'pond/Heron:Q4_K_M';

/** Tokens that the test hub knows, with their accounts. */
const accounts = { hf_ada: 'ada', hf_eve: 'eve' };

/** A repository with one quantization of a few hundred kilobytes, or more with ballast. */
export function heron(change: Partial<HubModelFixture> = {}, megabytes = 0) {
  const model = scriptedRepo(temporaryFolder(), {
    ...{ repo: pulledRepo, quantizations: ['Q4_K_M'], says: 'I stand still.' },
    ballastParameters: megabytes * 500_000,
    hub: change,
  });
  const path = model.files.get(pulledFile);
  if (typeof path !== 'string') throw new Error('The repository has no model');
  return { model, path };
}

export async function hubWith(...models: readonly HubModelFixture[]): Promise<TestModelHub> {
  const hub = await startTestModelHub({ models, accounts });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  return hub;
}

/** A runtime that looks for models at this hub. Its library holds a file that must stay as it is. */
export async function runtimeAt(
  hub: TestModelHub,
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly settings?: SettingsPatch;
  } = {},
) {
  const home = temporaryFolder();
  const kept = join(home, 'models', 'mine', 'notes.txt');
  mkdirSync(join(home, 'models', 'mine'), { recursive: true });
  writeFileSync(kept, 'mine');
  const env = { HF_ENDPOINT: hub.origin, ...options.env };
  const { control } = await startTestRuntime(home, { env });
  if (options.settings) await control.settings.update(options.settings);
  onTestFinished(() => {
    expect(readFileSync(kept, 'utf8')).toBe('mine');
  });
  const folder = join(home, 'models', ...pulledRepo.split('/'));
  return { home, control, folder, host: new URL(hub.origin).host };
}

/** Waits until a download is in one of these states. */
export async function reach(
  control: ControlClient,
  id: string,
  ...states: readonly Download['state'][]
): Promise<Download> {
  const find = async (): Promise<Download | undefined> =>
    (await control.downloads.list({})).downloads.find((download) => download.id === id);
  await expect
    .poll(async () => (await find())?.state, { timeout: 30_000 })
    .toSatisfy((state: Download['state']) => states.includes(state));
  const found = await find();
  if (found === undefined) throw new Error('the download left the list');
  return found;
}

/** Starts it and waits for how it ends. */
export async function pulled(control: ControlClient, name = `hf:${pulledRepo}`): Promise<Download> {
  const { id } = await control.downloads.start({ name });
  return reach(control, id, 'done', 'failed');
}

/** Waits until it is in My Models, and says under which name. */
export async function listed(control: ControlClient, id: string): Promise<string> {
  const modelId = async (): Promise<string | undefined> =>
    (await control.downloads.list({})).downloads.find((one) => one.id === id)?.modelId;
  await expect.poll(modelId, patience).toBeDefined();
  return (await modelId()) ?? '';
}

/** Bytes of model files that the hub handed over. */
export const sentBytes = (hub: TestModelHub): number =>
  hub.requests
    .filter(({ path }) => path.endsWith('.gguf'))
    .reduce((sum, request) => sum + request.sentBytes, 0);
