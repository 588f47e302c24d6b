import type { AliasView } from '../../contract/aliases.ts';
import type { ControlHandlers } from '../../contract/control.ts';
import type { Aliases, ListedAlias } from '../../gateway/aliases/create-aliases.ts';

export function createAliasHandlers(aliases: Aliases): ControlHandlers['aliases'] {
  return {
    list: () => ({
      aliases: aliases.list().map((alias) => ({
        ...viewOfAlias(alias),
        ...(alias.problem !== undefined && { problem: alias.problem }),
      })),
    }),
    save: async ({ name, members, cloud }) =>
      viewOfAlias(
        await aliases.save({
          name,
          members: members.map(({ model, maxQueueSeconds }) => ({
            model,
            ...(maxQueueSeconds !== undefined && { maxQueueMs: maxQueueSeconds * 1000 }),
          })),
          mayCrossToCloud: cloud,
        }),
      ),
    async remove({ name }) {
      await aliases.remove(name);
      return {};
    },
  };
}

function viewOfAlias({ name, members, mayCrossToCloud, source }: ListedAlias): AliasView {
  return {
    name,
    members: members.map(({ model, maxQueueMs }) => ({
      model,
      ...(maxQueueMs !== undefined && { maxQueueSeconds: maxQueueMs / 1000 }),
    })),
    cloud: mayCrossToCloud,
    source,
  };
}
