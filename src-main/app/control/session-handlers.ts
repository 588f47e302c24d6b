import type { ControlHandlers } from '../../contract/control.ts';
import type { PoolRole } from '../../core/node.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { Sessions } from '../../gateway/sessions/sessions.ts';
import type { SignIn } from '../../gateway/sessions/sign-in.ts';

interface SessionHandlersDeps {
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly people: Pick<People, 'person' | 'scopes'>;
}

const optionalRole = (gatewayRole: PoolRole | undefined) =>
  gatewayRole === undefined ? {} : { gatewayRole };

export function createSessionHandlers(deps: SessionHandlersDeps): ControlHandlers['session'] {
  const { sessions, signIn, people } = deps;
  return {
    open: ({ code }) => sessions.open(code),
    welcome: (_input, { peer: { proxyUser } }) => ({
      ...signIn.welcome(),
      ...(proxyUser !== undefined && { proxyUser }),
    }),
    proxySignIn: (_input, { peer }) => signIn.proxySignIn(peer),
    setUp: (input, { peer }) => signIn.setUp(input, peer),
    signIn: (input, { peer }) => signIn.signIn(input, peer),
    redeemCode: (input, { peer }) => signIn.redeemCode(input, peer),
    me: (_input, { personId }) => ({
      personId,
      name: people.person(personId)?.name ?? '',
      role: people.scopes.role(personId) ?? 'viewer',
      ...optionalRole(people.scopes.gatewayRole(personId)),
    }),
    async close(_input, { sessionId }) {
      await sessions.close(sessionId);
      return {};
    },
    createCode: (_input, { personId }) => ({ code: sessions.createCode(personId) }),
  };
}
