import type { MembershipView } from '../../agent/membership-views.ts';
import type { Memberships } from '../../agent/memberships.ts';
import type { ControlHandlers } from '../../contract/control.ts';
import type { Membership } from '../../contract/memberships.ts';
import { MillpondError } from '../../core/error.ts';
import { givenFields } from './given-fields.ts';

export function createMembershipHandlers(memberships: Memberships): ControlHandlers['memberships'] {
  return {
    list() {
      const { request, nearby, ...view } = memberships.view();
      return {
        memberships: view.memberships.map(viewOfMembership),
        nearby: [...nearby],
        ...(request && {
          request:
            request.phase === 'waiting' ? { ...request, words: [...request.words] } : request,
        }),
      };
    },
    preview({ link }) {
      const { addresses, fingerprintWords, ...preview } = memberships.preview(link);
      return {
        ...preview,
        addresses: [...addresses],
        ...(fingerprintWords && { fingerprintWords: [...fingerprintWords] }),
      };
    },
    join: async (order) => viewOfMembership(await memberships.join(order)),
    ask(order) {
      memberships.ask(order);
      return {};
    },
    cancelAsk() {
      memberships.cancelAsk();
      return {};
    },
    async update({ id, ...choice }) {
      if (Object.keys(choice).length > 0) {
        return viewOfMembership(await memberships.offer(id, givenFields(choice)));
      }
      const known = memberships.view().memberships.find((each) => each.id === id);
      if (known !== undefined) return viewOfMembership(known);
      throw new MillpondError('not-found', 'This app is not in that pool any more');
    },
    reconnect({ id }) {
      memberships.reconnect(id);
      return {};
    },
    async leave({ id }) {
      await memberships.leave(id);
      return {};
    },
  };
}

function viewOfMembership({ models, readers, addresses, ...view }: MembershipView): Membership {
  return { ...view, models: [...models], readers: [...readers], addresses: [...addresses] };
}
