import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import { offeredModel } from '../offered-model.ts';
import type { ModelAlias, Scope, UpstreamDirectory } from '../ports.ts';
import { existsFor, offerOfAlias, resolveMember } from './alias-members.ts';
import { checkAlias, problemOf } from './alias-rules.ts';
import type { AliasStore, StoredAlias } from './ports.ts';

export interface ListedAlias extends StoredAlias {
  /** `file`: stands in the config file and is changed there. */
  readonly source: 'database' | 'file';
  /** What is wrong with it now, in one sentence. */
  readonly problem?: string;
}

/** Every alias there is. Reads are plain reads of a snapshot. */
export interface Aliases {
  /** By name. */
  list(): readonly ListedAlias[];
  find(name: string): ModelAlias | undefined;
  /** Makes it or replaces what it was. Rejects with `invalid-request` or `conflict` and changes nothing. */
  save(alias: ModelAlias): Promise<ListedAlias>;
  /** Rejects with `not-found`, or with `conflict` for one of the config file. */
  remove(name: string): Promise<void>;
  /**
   * Those that the config file says from now on, in place of what it said before; they win over stored
   * ones of the same name. Throws `invalid-request` and keeps the old ones when one of them is wrong in
   * itself; a member that nobody has is a `problem` of the alias, not an error.
   */
  useFile(aliases: readonly ModelAlias[]): void;
  /** Every model id that may answer the request: itself, or an alias's members. For pricing. */
  candidateModels(request: InferenceRequest): readonly string[];
  /** The given directory, with the aliases among its models. */
  readonly directory: UpstreamDirectory;
}

interface AliasesDeps {
  readonly store: AliasStore;
  /** All models, without aliases. */
  readonly directory: UpstreamDirectory;
  /** What exists for the owner: members have to exist there, and no model may have an alias's name. */
  readonly everything: () => Scope;
  readonly clock: Pick<Clock, 'now'>;
  /** Something about the list changed. */
  readonly onChanged: () => void;
}

/** Reads what is stored. Rejects when the store cannot be read. */
export async function createAliases(deps: AliasesDeps): Promise<Aliases> {
  const stored = new Map<string, StoredAlias>();
  for (const alias of await deps.store.list()) stored.set(alias.name, alias);
  return new AliasBook(deps, stored);
}

class AliasBook implements Aliases {
  readonly directory: UpstreamDirectory;
  private readonly deps: AliasesDeps;
  private readonly stored: Map<string, StoredAlias>;
  private filed: ReadonlyMap<string, StoredAlias> = new Map();
  private sorted: readonly StoredAlias[] | undefined;

  constructor(deps: AliasesDeps, stored: Map<string, StoredAlias>) {
    this.deps = deps;
    this.stored = stored;
    this.directory = this.decorated(deps.directory);
  }

  list(): readonly ListedAlias[] {
    return this.all().map((alias) => this.listed(alias));
  }

  find(name: string): StoredAlias | undefined {
    return this.filed.get(name) ?? this.stored.get(name);
  }

  async save(alias: ModelAlias): Promise<ListedAlias> {
    const { name } = alias;
    this.refuseFiled(name);
    checkAlias(alias, this.names());
    const problem = problemOf(alias, this.deps.directory, this.deps.everything());
    if (problem !== undefined) {
      throw new MillpondError('invalid-request', problem.sentence, { param: problem.param });
    }
    const createdAt = this.stored.get(name)?.createdAt ?? this.deps.clock.now();
    const saved: StoredAlias = { ...alias, createdAt };
    await this.deps.store.save(saved);
    this.stored.set(name, saved);
    this.changed();
    return this.listed(saved);
  }

  async remove(name: string): Promise<void> {
    this.refuseFiled(name);
    if (!this.stored.has(name)) {
      throw new MillpondError('not-found', `There is no alias called '${name}'`);
    }
    await this.deps.store.remove(name);
    this.stored.delete(name);
    this.changed();
  }

  useFile(aliases: readonly ModelAlias[]): void {
    const createdAt = this.deps.clock.now();
    const next = new Map<string, StoredAlias>();
    for (const alias of aliases) {
      if (next.has(alias.name)) {
        throw new MillpondError('invalid-request', `The alias '${alias.name}' is there twice`);
      }
      next.set(alias.name, { ...alias, createdAt: this.find(alias.name)?.createdAt ?? createdAt });
    }
    const names = { ...this.names(), all: [...next.values()] };
    for (const alias of aliases) checkAlias(alias, names);
    this.filed = next;
    this.changed();
  }

  candidateModels({ envelope }: InferenceRequest): readonly string[] {
    const alias = envelope.alias === undefined ? undefined : this.find(envelope.alias);
    if (alias === undefined) return [envelope.model];
    const { pools = [], isVisitor, providers } = envelope;
    const scope: Scope = {
      pools,
      ...(isVisitor !== undefined && { isVisitor }),
      ...(providers !== undefined && { providers }),
    };
    const ids = alias.members.flatMap(
      (member) => resolveMember(member, this.deps.directory, scope)?.id ?? [],
    );
    return [...new Set(ids)];
  }

  /** In force, by name. Kept until something changes. */
  private all(): readonly StoredAlias[] {
    this.sorted ??= [...new Map([...this.stored, ...this.filed]).values()].toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    return this.sorted;
  }

  private changed(): void {
    this.sorted = undefined;
    this.deps.onChanged();
  }

  private names() {
    return { all: [...this.filed.values(), ...this.stored.values()] };
  }

  private refuseFiled(name: string): void {
    if (!this.filed.has(name)) return;
    throw new MillpondError(
      'conflict',
      `The alias '${name}' stands in the config file; change it there`,
      { reason: 'locked-by-file' },
    );
  }

  private listed(alias: StoredAlias): ListedAlias {
    const source = this.filed.get(alias.name) === alias ? 'file' : 'database';
    const problem = problemOf(alias, this.deps.directory, this.deps.everything());
    return { ...alias, source, ...(problem && { problem: problem.sentence }) };
  }

  private decorated(base: UpstreamDirectory): UpstreamDirectory {
    return {
      models: (scope) => {
        const models = base.models(scope);
        const aliases = this.all();
        if (aliases.length === 0) return models;
        const taken = new Set(models.map(({ id }) => id));
        const offers = aliases
          .filter(({ name }) => !taken.has(name))
          .flatMap((alias) => offerOfAlias(alias, base, { scope, models }) ?? []);
        return [...models, ...offers];
      },
      model: (id, scope) => {
        const model = offeredModel(base, id, scope);
        const alias = model === undefined ? this.all().find(({ name }) => name === id) : undefined;
        return alias === undefined
          ? model
          : offerOfAlias(alias, base, { scope, models: base.models(scope) });
      },
      resolve: (name, scope) => {
        const model = base.resolve(name, scope);
        if (model !== undefined) return model;
        const alias = this.find(name);
        if (alias === undefined || !existsFor(alias, base, scope)) return undefined;
        return { id: alias.name, alias };
      },
      candidates: (request) => base.candidates(request),
      ...(base.returning && { returning: base.returning.bind(base) }),
      ...(base.onChanged && { onChanged: base.onChanged.bind(base) }),
    };
  }
}
