import { useMemo } from 'react';
import type { ListedAlias, Provider } from '../../api.ts';
import type { ChatModel } from '../chat/types.ts';
import { useChatModels } from '../chat/state/use-chat-models.ts';
import { useProviders } from '../../state/providers.ts';

/** Something that a caller can name as its model. */
export interface ModelOption {
  readonly id: string;
  readonly name: string;
  /** The provider that reads what it is asked; absent where machines answer. */
  readonly provider?: string;
}

/** Everything that can be named: models of machines, of providers, and aliases; each name once. */
export function modelOptions(
  models: readonly ChatModel[],
  providers: readonly Provider[],
  aliases: readonly Pick<ListedAlias, 'name'>[],
): readonly ModelOption[] {
  const own = models.map(({ id, name }) => ({ id, name }));
  const cloud = providers.flatMap((provider) =>
    provider.models
      .filter(({ isServed }) => isServed)
      .map(({ name }) => ({ id: name, name, provider: provider.name })),
  );
  const seen = new Set<string>();
  const all = [...own, ...aliases.map(({ name }) => ({ id: name, name })), ...cloud];
  return all.filter(({ id }) => !seen.has(id) && seen.add(id).has(id));
}

const noAliases: readonly ListedAlias[] = [];

/** The same for what this gateway has now. */
export function useModelOptions(
  aliases: readonly ListedAlias[] = noAliases,
): readonly ModelOption[] {
  const models = useChatModels();
  const providers = useProviders((state) => state.providers);
  return useMemo(
    () => modelOptions(models, providers ?? [], aliases),
    [models, providers, aliases],
  );
}
