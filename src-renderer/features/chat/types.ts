export type {
  AnswerPart,
  AnswerStatus,
  AssistantMessage,
  Attachment,
  Chat,
  ChatParameters,
  ChatSummary,
  InstalledModel,
  Message,
  Preset,
  Receipt,
  UserMessage,
} from '../../api.ts';
