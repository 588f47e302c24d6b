import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { isolatedEnvironment } from '../../testing/isolated-environment.ts';
import { spawnRuntime } from '../../testing/spawn-runtime.ts';
import type { SpawnedRuntime } from '../../testing/spawn-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const commandFile = join(import.meta.dirname, '..', '..', 'cli.ts');
const sdkFile = import.meta.resolve('@anthropic-ai/sdk');

let runtime: SpawnedRuntime;
let home: string;

beforeEach(async () => {
  runtime = await spawnRuntime(temporaryFolder());
  home = temporaryFolder();
});

async function launch(...words: string[]): Promise<{ readonly out: string; readonly err: string }> {
  const bin = join(home, 'bin');
  const env = {
    ...isolatedEnvironment(home, { MILLPOND_HOME: runtime.home }),
    PATH: [bin, process.env['PATH'] ?? ''].join(delimiter),
  };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [commandFile, 'launch', ...words],
    { env },
  );
  return { out: stdout, err: stderr };
}

/** A program of that name on the path, which does what its script says. */
function install(name: string, script: string): void {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  const file = join(bin, name);
  writeFileSync(file, `#!${process.execPath}\n${script}`);
  chmodSync(file, 0o755);
}

function put(path: string, text: string): string {
  const file = join(home, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const keys = async (): Promise<readonly string[]> =>
  (await runtime.control.server.listKeys({})).keys.map(({ name }) => name);

describe('millpond launch claude', () => {
  test('starts it with settings that really lead to a model, and gives the old ones back', async () => {
    const before = { theme: 'dark', env: { ANTHROPIC_API_KEY: 'sk-ant-mine', EDITOR: 'vi' } };
    const file = put('.claude/settings.json', JSON.stringify(before));
    // What Claude Code does first: it reads its settings and asks by the official client.
    install(
      'claude',
      `const { readFileSync } = require('node:fs');
       const { env } = JSON.parse(readFileSync(${JSON.stringify(file)}, 'utf8'));
       import(${JSON.stringify(sdkFile)}).then(async ({ default: Anthropic }) => {
         const client = new Anthropic({ baseURL: env.ANTHROPIC_BASE_URL, authToken: env.ANTHROPIC_AUTH_TOKEN, apiKey: null });
         const answer = await client.messages.create({ model: env.ANTHROPIC_MODEL, max_tokens: 8, messages: [{ role: 'user', content: 'Hi' }] });
         console.log('said', answer.usage.output_tokens > 0, process.argv.slice(2).join(' '));
       });`,
    );
    const { out } = await launch('claude', '--model', 'guide', '--', '--continue');
    expect(out).toContain('said true --continue');
    const settings: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(settings).toMatchObject({
      theme: 'dark',
      env: { EDITOR: 'vi', ANTHROPIC_MODEL: 'guide' },
    });
    expect(lstatSync(file).mode & 0o077).toBe(0);
    expect(await keys()).toEqual(['Claude Code (launch)']);

    await launch('claude', '--undo');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(before);
    expect(await keys()).toEqual([]);
  });

  test('launched twice, it still goes back to what stood there first, and has one key', async () => {
    await launch('claude', '--model', 'guide', '--no-start');
    await launch('claude', '--model', 'guide', '--no-start');
    expect(await keys()).toHaveLength(1);
    await launch('claude', '--undo');
    expect(existsSync(join(home, '.claude', 'settings.json'))).toBe(false);
  });

  test('changes nothing in a file that it cannot read, nor for a model that there is not', async () => {
    const file = put('.claude/settings.json', '{ "theme": dark }');
    await expect(launch('claude', '--model', 'guide', '--no-start')).rejects.toThrow(
      'cannot be read as JSON, so nothing was changed',
    );
    expect(readFileSync(file, 'utf8')).toBe('{ "theme": dark }');
    await expect(launch('claude', '--model', 'nothing', '--no-start')).rejects.toThrow('nothing');
  });

  test('leaves what a person changed after the launch, and follows a link to the file', async () => {
    const real = put('dotfiles/claude.json', '{}');
    mkdirSync(join(home, '.claude'));
    symlinkSync(real, join(home, '.claude', 'settings.json'));
    await launch('claude', '--model', 'guide', '--no-start');
    expect(lstatSync(join(home, '.claude', 'settings.json')).isSymbolicLink()).toBe(true);
    const settings = JSON.parse(readFileSync(real, 'utf8')) as { env: Record<string, string> };
    writeFileSync(real, JSON.stringify({ env: { ...settings.env, ANTHROPIC_MODEL: 'mine' } }));
    await launch('claude', '--undo');
    expect(JSON.parse(readFileSync(real, 'utf8'))).toEqual({ env: { ANTHROPIC_MODEL: 'mine' } });
  });
});

describe('the other tools', () => {
  test('codex gets a provider of ours behind its own settings, and its own model back', async () => {
    const before =
      '# mine\nmodel = "gpt-5"\napproval = "never"\n\n[profiles.x]\nmodel = "gpt-5-pro"\n';
    const file = put('.codex/config.toml', before);
    install('codex', 'console.log("codex runs");');
    expect((await launch('codex', '--model', 'guide')).out).toContain('codex runs');
    const text = readFileSync(file, 'utf8');
    expect(text.indexOf('model_provider = "millpond"')).toBeLessThan(text.indexOf('[profiles.x]'));
    expect(text.match(/^model = .*$/gm)).toEqual(['model = "guide"', 'model = "gpt-5-pro"']);
    expect(text).toContain(`base_url = "${runtime.origin}/v1"`);
    expect(readFileSync(join(home, '.codex', '.env'), 'utf8')).toMatch(/^MILLPOND_API_KEY=mp_/m);
    await launch('codex', '--undo');
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(join(home, '.codex', '.env'))).toBe(false);
  });

  test('opencode is told how to get it where it is not installed', async () => {
    const { err } = await launch('opencode', '--model', 'guide');
    expect(err).toContain('OpenCode is not installed here; install it with');
    const settings: unknown = JSON.parse(
      readFileSync(join(home, '.config', 'opencode', 'opencode.json'), 'utf8'),
    );
    expect(settings).toMatchObject({
      model: 'millpond/guide',
      provider: { millpond: { options: { baseURL: `${runtime.origin}/v1` } } },
    });
  });

  test('an unknown one is refused by name', async () => {
    await expect(launch('cursor')).rejects.toThrow(
      "'cursor' is not one of claude, codex, opencode",
    );
  });
});
