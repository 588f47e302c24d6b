export type {
  AnswerPart,
  AnswerStatus,
  AssistantMessage,
  Attachment,
  Chat,
  ChatSummary,
  Message,
  Preset,
  Receipt,
  UserMessage,
} from '../../../src-main/contract/chats.ts';
export type { ChatParameters } from '../../../src-main/contract/common.ts';
export type { InstalledModel } from '../../../src-main/contract/models.ts';
