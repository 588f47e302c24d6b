import { MillpondError } from '../../core/error.ts';
import type { ModelAlias, Scope, UpstreamDirectory } from '../ports.ts';
import { resolveMember } from './alias-members.ts';

const maxMembers = 20;
const maxNameLength = 200;

/** What is wrong with an alias whoever has which models. Throws `invalid-request` naming the field. */
export function checkAlias(
  { name, members }: ModelAlias,
  { all }: { readonly all: readonly ModelAlias[] },
): void {
  if (name.length === 0 || name.length > maxNameLength || name !== name.trim()) {
    throw wrong('name', `An alias needs a name of 1 to ${maxNameLength.toString()} characters`);
  }
  if (/[@\x00-\x1f\x7f]/.test(name)) {
    throw wrong('name', `'${name}' cannot be an alias: '@' names a machine behind a model`);
  }
  if (members.length === 0 || members.length > maxMembers) {
    throw wrong('members', `An alias has 1 to ${maxMembers.toString()} members`);
  }
  const names = new Set<string>();
  for (const { model } of members) {
    if (names.has(model)) throw wrong('members', `'${model}' is a member of '${name}' twice`);
    names.add(model);
  }
  if (names.has(name)) throw wrong('members', `The alias '${name}' cannot be its own member`);
  const inner = all.find((alias) => names.has(alias.name));
  if (inner !== undefined) {
    throw wrong(
      'members',
      `'${inner.name}' is an alias itself; put its members into '${name}' instead`,
    );
  }
  const outer = all.find((alias) => alias.members.some(({ model }) => model === name));
  if (outer !== undefined) {
    throw wrong('name', `'${name}' is a member of the alias '${outer.name}'; take another name`);
  }
}

/** What is wrong with it as long as the models are what they are; undefined when it works. */
export function problemOf(
  alias: ModelAlias,
  directory: UpstreamDirectory,
  everything: Scope,
): { readonly param: string; readonly sentence: string } | undefined {
  if (directory.resolve(alias.name, everything) !== undefined) {
    const sentence = `A model is called '${alias.name}' already, and it is what answers; rename the alias`;
    return { param: 'name', sentence };
  }
  const unknown = alias.members.find(
    (member) => resolveMember(member, directory, everything) === undefined,
  );
  if (unknown === undefined) return undefined;
  const sentence = `No model is called '${unknown.model}' here; GET /v1/models lists those that exist`;
  return { param: 'members', sentence };
}

function wrong(param: string, sentence: string): MillpondError {
  return new MillpondError('invalid-request', sentence, { param });
}
