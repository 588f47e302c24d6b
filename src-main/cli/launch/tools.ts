import { join } from 'node:path';
import { markIn, markOut } from './marked-text.ts';
import { parseSettings, putBack, putIn } from './json-settings.ts';
import type { Json, Replaced } from './json-settings.ts';

/** Where a tool asks from now on. */
export interface Aim {
  /** Without `/v1`, such as `http://127.0.0.1:8484`. */
  readonly origin: string;
  readonly key: string;
  readonly model: string;
}

/** What a launch changed in one file, for the way back. */
export type Change =
  | {
      readonly kind: 'json';
      readonly file: string;
      /** The file was not there before. */
      readonly isNew: boolean;
      readonly replaced: readonly Replaced[];
    }
  | { readonly kind: 'text'; readonly file: string; readonly isNew: boolean };

/** A file as it is and as it becomes. */
export interface Edit {
  readonly file: string;
  /** `text` is undefined where there is no such file. */
  readonly edit: (text: string | undefined) => { readonly text: string; readonly change: Change };
}

export interface Tool {
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  /** What starts it. */
  readonly command: string;
  /** How to get it, in one clause. */
  readonly install: string;
  edits(aim: Aim, where: Where): readonly Edit[];
}

/** Where settings of programs lie. */
export interface Where {
  readonly homeFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Coding agents whose settings are known. */
export const tools: readonly Tool[] = [
  {
    name: 'claude',
    title: 'Claude Code',
    command: 'claude',
    install: 'npm install -g @anthropic-ai/claude-code',
    edits: ({ origin, key, model }, { homeFolder, env }) => {
      const folder = env['CLAUDE_CONFIG_DIR'] ?? join(homeFolder, '.claude');
      const variables = {
        ANTHROPIC_BASE_URL: origin,
        ANTHROPIC_AUTH_TOKEN: key,
        // One of its own would be sent as well, and win.
        ANTHROPIC_API_KEY: '',
        ANTHROPIC_MODEL: model,
        ANTHROPIC_DEFAULT_OPUS_MODEL: model,
        ANTHROPIC_DEFAULT_SONNET_MODEL: model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
      };
      const ours = Object.entries(variables).map(([name, value]) => ({
        path: ['env', name],
        value,
      }));
      return [jsonEdit(join(folder, 'settings.json'), ours)];
    },
  },
  {
    name: 'codex',
    title: 'Codex',
    command: 'codex',
    install: 'npm install -g @openai/codex',
    edits: ({ origin, key, model }, { homeFolder, env }) => {
      const folder = env['CODEX_HOME'] ?? join(homeFolder, '.codex');
      return [
        textEdit(join(folder, 'config.toml'), {
          first: [
            `model = ${toml(model)}`,
            'model_provider = "millpond"',
            // A tool of OpenAI's own servers: models here would refuse it by name.
            'web_search = "disabled"',
          ],
          last: [
            '[model_providers.millpond]',
            'name = "Millpond"',
            `base_url = ${toml(`${origin}/v1`)}`,
            'wire_api = "responses"',
            'env_key = "MILLPOND_API_KEY"',
          ],
          contradicts: isRootKey(['model', 'model_provider', 'web_search']),
        }),
        textEdit(join(folder, '.env'), {
          first: [],
          last: [`MILLPOND_API_KEY=${key}`],
          contradicts: (line) => /^\s*(?:export\s+)?MILLPOND_API_KEY\s*=/.test(line),
        }),
      ];
    },
  },
  {
    name: 'opencode',
    title: 'OpenCode',
    command: 'opencode',
    install: 'npm install -g opencode-ai',
    edits: ({ origin, key, model }, { homeFolder, env }) => {
      const folder = env['XDG_CONFIG_HOME'] ?? join(homeFolder, '.config');
      const provider = {
        npm: '@ai-sdk/openai-compatible',
        name: 'Millpond',
        options: { baseURL: `${origin}/v1`, apiKey: key },
        models: { [model]: { name: model } },
      };
      return [
        jsonEdit(join(folder, 'opencode', 'opencode.json'), [
          { path: ['provider', 'millpond'], value: provider },
          { path: ['model'], value: `millpond/${model}` },
        ]),
      ];
    },
  },
];

/** What becomes of a file when a launch is undone; undefined: it goes away again. */
export function undone(change: Change, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { isNew } = change;
  if (change.kind === 'text') {
    const left = markOut(text);
    return isNew && left.trim() === '' ? undefined : left;
  }
  const settings = putBack(parseSettings(text, change.file), change.replaced);
  return isNew && Object.keys(settings).length === 0 ? undefined : written(settings);
}

function jsonEdit(
  file: string,
  ours: readonly { readonly path: readonly string[]; readonly value: Json }[],
): Edit {
  return {
    file,
    edit(text) {
      const { settings, replaced } = putIn(parseSettings(text, file), ours);
      return {
        text: written(settings),
        change: { kind: 'json', file, isNew: text === undefined, replaced },
      };
    },
  };
}

function textEdit(file: string, lines: Parameters<typeof markIn>[1]): Edit {
  return {
    file,
    edit: (text) => ({
      text: markIn(text ?? '', lines),
      change: { kind: 'text', file, isNew: text === undefined },
    }),
  };
}

/** Only above the first table: the same word below one is another setting. */
function isRootKey(names: readonly string[]): (line: string) => boolean {
  let isInTable = false;
  return (line) => {
    if (/^\s*\[/.test(line)) isInTable = true;
    return !isInTable && names.some((name) => new RegExp(`^\\s*${name}\\s*=`).test(line));
  };
}

/** A basic string of TOML, which escapes as JSON does. */
const toml = (text: string): string => JSON.stringify(text);
const written = (settings: object): string => `${JSON.stringify(settings, undefined, 2)}\n`;
