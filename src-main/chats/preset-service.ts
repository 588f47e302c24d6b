import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import { newId } from '../core/identity.ts';
import type { ChatParameters, Preset } from './conversation.ts';
import type { PresetStore } from './ports.ts';

interface PresetServiceDeps {
  readonly presets: PresetStore;
  readonly clock: Clock;
}

interface PresetPatch {
  readonly name?: string | undefined;
  readonly systemPrompt?: string | undefined;
  readonly parameters?: ChatParameters | undefined;
}

/** Named system prompts with parameters, for a person to put into a chat. */
export class PresetService {
  private readonly deps: PresetServiceDeps;

  constructor(deps: PresetServiceDeps) {
    this.deps = deps;
  }

  async list(personId: string): Promise<Preset[]> {
    return [...(await this.deps.presets.list(personId))];
  }

  async create(personId: string, input: Omit<Preset, 'id'>): Promise<Preset> {
    const preset: Preset = { ...input, id: newId() };
    await this.deps.presets.insert(personId, preset, this.deps.clock.now());
    return preset;
  }

  async update(personId: string, presetId: string, patch: PresetPatch): Promise<Preset> {
    const old = (await this.deps.presets.list(personId)).find(({ id }) => id === presetId);
    if (old === undefined) throw noPreset();
    const preset: Preset = {
      id: presetId,
      name: patch.name ?? old.name,
      systemPrompt: patch.systemPrompt ?? old.systemPrompt,
      parameters: patch.parameters ?? old.parameters,
    };
    if (!(await this.deps.presets.update(personId, preset))) throw noPreset();
    return preset;
  }

  async remove(personId: string, presetId: string): Promise<void> {
    if (!(await this.deps.presets.remove(personId, presetId))) throw noPreset();
  }
}

function noPreset(): MillpondError {
  return new MillpondError('not-found', 'There is no such preset');
}
