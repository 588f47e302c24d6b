import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeScriptedModel, type ScriptedModelOptions } from '../scripted-gguf.ts';
import type { HubModelFixture } from './hub-api.ts';

export interface ScriptedRepoOptions extends ScriptedModelOptions {
  /** `org/name-GGUF`. */
  readonly repo: string;
  /** One file each, named `name-QUANTIZATION.gguf`; all say the same. */
  readonly quantizations: readonly string[];
  readonly hub?: Partial<Omit<HubModelFixture, 'repo' | 'files'>>;
}

/** A repository whose models really answer. Their files are written below `folder`. */
export function scriptedRepo(folder: string, options: ScriptedRepoOptions): HubModelFixture {
  const { repo, quantizations, hub, ...model } = options;
  const name = (repo.split('/')[1] ?? repo).replace(/-GGUF$/, '');
  const place = join(folder, ...repo.split('/'));
  mkdirSync(place, { recursive: true });
  const files = quantizations.map((quantization) => {
    const file = `${name}-${quantization}.gguf`;
    // Another name inside makes another digest, as another quantization has.
    writeScriptedModel(join(place, file), { ...model, name: `${name} ${quantization}` });
    return [file, join(place, file)] as const;
  });
  const card = `# ${name}\n\nSays what a test wrote for it.\n`;
  return {
    repo,
    commit: createHash('sha1').update(repo).digest('hex'),
    tags: ['gguf'],
    task: 'text-generation',
    gguf: { total: 3_000_000, architecture: 'llama', context_length: 8192 },
    cardData: { license: 'apache-2.0' },
    ...hub,
    files: new Map<string, string | Uint8Array>([
      ['README.md', new TextEncoder().encode(card)],
      ...files,
    ]),
  };
}
