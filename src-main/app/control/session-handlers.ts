import type { ControlHandlers } from '../../contract/control.ts';
import type { Sessions } from '../../gateway/sessions/sessions.ts';

export function createSessionHandlers(sessions: Sessions): ControlHandlers['session'] {
  return {
    open: ({ code }) => sessions.open(code),
    async close(_input, { sessionId }) {
      await sessions.close(sessionId);
      return {};
    },
    createCode: (_input, { personId }) => ({ code: sessions.createCode(personId) }),
  };
}
