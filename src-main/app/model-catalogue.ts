import type { InstalledModel } from '../contract/models.ts';
import { MillpondError } from '../core/error.ts';
import type { LoadOptions, ModelManifest } from '../core/model.ts';
import type { EngineManager } from '../engines/manager/engine-manager.ts';
import type { ModelPreferences, ModelPreferencesStore } from '../models/ports.ts';

interface Library {
  list(): readonly ModelManifest[];
  find(name: string): ModelManifest | undefined;
}

const noPreferences: ModelPreferences = { options: {}, systemPrompt: '' };

/** Installed models together with what their engines do and what their owner chose for them. */
export class ModelCatalogue {
  private readonly library: Library;
  private readonly store: ModelPreferencesStore;
  /** Read on every request and therefore kept here; the store is only written. */
  private readonly preferences = new Map<string, ModelPreferences>();
  /** Set once the manager exists: it needs `loadOptions` from here to be made. */
  private engines: Pick<EngineManager, 'describe'> | undefined;

  constructor(deps: { readonly library: Library; readonly store: ModelPreferencesStore }) {
    this.library = deps.library;
    this.store = deps.store;
  }

  async open(engines: Pick<EngineManager, 'describe'>): Promise<void> {
    this.engines = engines;
    for (const [id, chosen] of await this.store.list()) this.preferences.set(id, chosen);
  }

  loadOptions(id: string): LoadOptions {
    return this.of(id).options;
  }

  systemPrompt(id: string): string {
    return this.of(id).systemPrompt;
  }

  list(): InstalledModel[] {
    return this.library.list().map((model) => this.view(model));
  }

  /** Throws `model-not-found` with the name as it was asked. */
  describe(name: string): InstalledModel {
    return this.view(this.manifest(name));
  }

  async update(name: string, change: Partial<ModelPreferences>): Promise<InstalledModel> {
    const { id } = this.manifest(name);
    const next = { ...this.of(id), ...change };
    await this.store.save(id, next);
    this.preferences.set(id, next);
    return this.describe(id);
  }

  private of(id: string): ModelPreferences {
    return this.preferences.get(id) ?? noPreferences;
  }

  private manifest(name: string): ModelManifest {
    const model = this.library.find(name);
    if (model) return model;
    throw new MillpondError('model-not-found', `There is no model ${name} on this machine`);
  }

  private view(model: ModelManifest): InstalledModel {
    const { id, name, source, path, sizeBytes, digest, facts, problem } = model;
    const { options, systemPrompt } = this.of(id);
    const { state, loaded } = this.engines?.describe(id) ?? {
      state: { phase: 'installed' as const },
      loaded: undefined,
    };
    return {
      ...{ id, name, source, path, sizeBytes, state, options, systemPrompt },
      ...(digest !== undefined && { digest }),
      ...(problem !== undefined && { problem }),
      ...(loaded && { loaded }),
      ...(facts && {
        architecture: facts.architecture,
        trainedContextLength: facts.trainedContextLength,
        capabilities: facts.capabilities,
        ...(facts.quantization !== undefined && { quantization: facts.quantization }),
        ...(facts.parameterCount !== undefined && { parameterCount: facts.parameterCount }),
      }),
    };
  }
}
