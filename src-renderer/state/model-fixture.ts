import type { InstalledModel } from '../api.ts';

/** For tests: a model as the runtime describes one that nobody has touched. */
export function modelNamed(name: string, facts: Partial<InstalledModel> = {}): InstalledModel {
  return {
    id: name.toLowerCase(),
    name,
    source: 'library',
    path: `/models/${name}.gguf`,
    sizeBytes: 1,
    usedBy: [],
    engines: [],
    state: { phase: 'installed' },
    options: {},
    systemPrompt: '',
    ...facts,
  };
}
