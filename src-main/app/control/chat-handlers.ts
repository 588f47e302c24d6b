import type { Chats } from '../../chats/create-chats.ts';
import type { ControlHandlers } from '../../contract/control.ts';

/** Conversations always belong to the person of the session; nobody can name another. */
export function createChatHandlers(deps: Chats): ControlHandlers['chats'] {
  const { chats, turns, attachments, presets } = deps;
  return {
    list: async ({ search }, { personId }) => ({ chats: await chats.list(personId, search) }),
    create: (input, { personId }) => chats.create(personId, input),
    get: ({ id }, { personId }) => chats.get(personId, id),
    update: ({ id, ...change }, { personId }) => chats.update(personId, id, change),
    async remove({ id }, { personId }) {
      await chats.remove(personId, id);
      return {};
    },
    restore: ({ id }, { personId }) => chats.restore(personId, id),
    send: ({ id, ...input }, { personId }) => turns.send(personId, id, input),
    regenerate: ({ id, ...input }, { personId }) => turns.regenerate(personId, id, input),
    continueAnswer: ({ id, answerId }, { personId }) =>
      turns.continueAnswer(personId, id, answerId),
    async stop({ id, answerId }, { personId }) {
      await turns.stop(personId, id, answerId);
      return {};
    },
    exportChat: ({ id, format }, { personId }) => chats.export(personId, id, format),

    attach: ({ name }, body, { personId }) => attachments.attach(personId, name, body),
    choosePages: ({ id, pageRange }, { personId }) =>
      attachments.choosePages(personId, id, pageRange),
    attachmentText: async ({ id }, { personId }) => ({
      text: await attachments.text(personId, id),
    }),
    picture: async ({ id }, { personId }) => ({
      dataUrl: await attachments.picture(personId, id),
    }),

    presets: async (_input, { personId }) => ({ presets: await presets.list(personId) }),
    createPreset: (input, { personId }) => presets.create(personId, input),
    updatePreset: ({ id, ...change }, { personId }) => presets.update(personId, id, change),
    async removePreset({ id }, { personId }) {
      await presets.remove(personId, id);
      return {};
    },
  };
}
