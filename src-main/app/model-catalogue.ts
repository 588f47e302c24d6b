import type { InstalledModel } from '../contract/models.ts';
import { MillpondError } from '../core/error.ts';
import type { EngineKind, LoadOptions, ModelFacts, ModelManifest } from '../core/model.ts';
import type { AttachedModel } from '../engines/attached/attached-catalogue.ts';
import type { EngineChoice } from '../engines/choose-engine.ts';
import type { ModelDescription } from '../engines/manager/engine-manager.ts';
import { capabilitiesUnder } from './engine-capabilities.ts';
import type { ModelPreferences, ModelPreferencesStore } from '../models/ports.ts';
import type { ModelCheck } from '../models/verify.ts';

/** What the catalogue looks up in other parts; all of it must be cheap. */
export interface CatalogueSources {
  readonly library: {
    list(): readonly ModelManifest[];
    find(name: string): ModelManifest | undefined;
  };
  readonly engines: { describe(name: string): ModelDescription };
  readonly checks: { of(id: string): ModelCheck | undefined };
  readonly choices: (model: ModelManifest) => readonly EngineChoice[];
  readonly engineOf: (model: ModelManifest, options: LoadOptions) => EngineKind | undefined;
  readonly attached: {
    models(): readonly AttachedModel[];
    find(name: string): AttachedModel | undefined;
  };
}

const noPreferences: ModelPreferences = { options: {}, systemPrompt: '' };

/** Every model that can be asked here: what its engine does and what its owner chose for it. */
export class ModelCatalogue {
  private readonly store: ModelPreferencesStore;
  /** Read on every request and therefore kept here; the store is only written. */
  private readonly preferences = new Map<string, ModelPreferences>();
  private readonly uses: Map<string, number>;
  private sources: CatalogueSources | undefined;

  /** `uses` says when each model was asked last before this start, in epoch milliseconds. */
  constructor(store: ModelPreferencesStore, uses: ReadonlyMap<string, number>) {
    this.store = store;
    this.uses = new Map(uses);
  }

  /** Reads what was chosen. */
  async open(): Promise<void> {
    for (const [id, chosen] of await this.store.list()) this.preferences.set(id, chosen);
  }

  /** Engines need `loadOptions` to be made, and are looked up here once they are. */
  connect(sources: CatalogueSources): void {
    this.sources = sources;
  }

  loadOptions(id: string): LoadOptions {
    return this.of(id).options;
  }

  systemPrompt(id: string): string {
    return this.of(id).systemPrompt;
  }

  hasPreferences(id: string): boolean {
    return this.preferences.has(id);
  }

  list(): InstalledModel[] {
    const sources = this.connected();
    return [
      ...sources.library.list().map((model) => this.viewOfFile(model)),
      ...sources.attached.models().map((model) => this.viewOfAttached(model)),
    ];
  }

  /** Throws `model-not-found` with the name as it was asked. */
  describe(name: string): InstalledModel {
    const { library, attached } = this.connected();
    const model = library.find(name);
    if (model) return this.viewOfFile(model);
    const offered = attached.find(name);
    if (offered) return this.viewOfAttached(offered);
    throw this.notHere(name);
  }

  /** A model that lies on this disk. Throws `model-not-found`, or `conflict` for one of a server. */
  manifest(name: string): ModelManifest {
    const { library, attached } = this.connected();
    const model = library.find(name);
    if (model) return model;
    if (attached.find(name) === undefined) throw this.notHere(name);
    throw new MillpondError(
      'conflict',
      `${name} belongs to another server, which alone manages it`,
    );
  }

  async update(name: string, change: Partial<ModelPreferences>): Promise<InstalledModel> {
    const { id } = this.describe(name);
    const next = { ...this.of(id), ...change };
    await this.store.save(id, next);
    this.preferences.set(id, next);
    return this.describe(id);
  }

  private of(id: string): ModelPreferences {
    return this.preferences.get(id) ?? noPreferences;
  }

  private connected(): CatalogueSources {
    if (this.sources === undefined) throw new Error('the catalogue is not connected yet');
    return this.sources;
  }

  private notHere(name: string): MillpondError {
    const installed = this.list()
      .map(({ id }) => id)
      .join(', ');
    return new MillpondError(
      'model-not-found',
      `There is no model "${name}" here. Installed: ${installed}`,
    );
  }

  private viewOfFile(model: ModelManifest): InstalledModel {
    const { engines, checks, choices, engineOf } = this.connected();
    const { id, name, format, source, path, sizeBytes, digest, problem, store, origin } = model;
    const { options, systemPrompt } = this.of(id);
    const { state, loaded } = engines.describe(id);
    const check = checks.of(id);
    if (loaded) this.uses.set(id, loaded.lastUsedAt);
    const lastUsedAt = this.uses.get(id);
    return {
      ...{ id, name, format, source, path, sizeBytes, state, options, systemPrompt },
      usedBy: [...(model.usedBy ?? [])],
      engines: choices(model).map((choice) => ({ ...choice })),
      ...(digest !== undefined && { digest }),
      ...(problem !== undefined && { problem }),
      ...(store !== undefined && { store }),
      ...(origin && { origin: { ...origin } }),
      ...(check && { check: { ...check } }),
      ...(lastUsedAt !== undefined && { lastUsedAt }),
      ...(loaded && { loaded }),
      ...(model.facts && {
        ...factsOf(model.facts),
        capabilities: capabilitiesUnder(engineOf(model, options), model, model.facts),
      }),
    };
  }

  /** Ready as long as its server answers; what it takes is that server's business. */
  private viewOfAttached(model: AttachedModel): InstalledModel {
    const { id, server, contextLength, capabilities } = model;
    const { systemPrompt } = this.of(id);
    return {
      ...{ id, name: id, systemPrompt, source: 'attached' },
      ...{ options: {}, usedBy: [], engines: [] },
      state: { phase: 'ready', since: server.since },
      server: { id: server.id, name: server.name, runsElsewhere: !model.staysHere },
      ...(contextLength !== undefined && { trainedContextLength: contextLength }),
      ...(capabilities && { capabilities }),
    };
  }
}

function factsOf(facts: ModelFacts) {
  const { architecture, trainedContextLength, quantization, parameterCount } = facts;
  return {
    ...{ architecture, trainedContextLength },
    ...(quantization !== undefined && { quantization }),
    ...(parameterCount !== undefined && { parameterCount }),
  };
}
