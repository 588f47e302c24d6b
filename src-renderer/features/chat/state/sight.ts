import { isForChat } from './model-choice.ts';
import type { AssistantMessage, Attachment, InstalledModel, Message } from '../types.ts';

/**
 * Whether a model can read what it would be sent.
 * - `blind` the next message has a picture · `blind-before` an earlier one has, and is sent along
 */
export type SightVerdict = 'fine' | 'blind' | 'blind-before';

export interface SightQuestion {
  readonly model: InstalledModel | undefined;
  /** Of the message being written. */
  readonly attachments: readonly Attachment[];
  /** What is sent along with it. */
  readonly branch: readonly Message[];
}

/** A model of which nobody knows whether it sees gets the benefit of the doubt. */
export function judgeSight({ model, attachments, branch }: SightQuestion): SightVerdict {
  if (model?.capabilities?.vision !== false) return 'fine';
  if (attachments.some(({ isImage }) => isImage)) return 'blind';
  return branch.some(hasPicture) ? 'blind-before' : 'fine';
}

/** Models that read pictures for sure and could answer, those that do so at once first. */
export function seeingModels(models: readonly InstalledModel[]): readonly InstalledModel[] {
  const usable = models.filter(
    (model) =>
      model.capabilities?.vision === true && isForChat(model) && model.problem === undefined,
  );
  const isReady = (model: InstalledModel): boolean => model.state.phase === 'ready';
  return [...usable.filter(isReady), ...usable.filter((model) => !isReady(model))];
}

/** An answer failed because its model cannot read a picture of the chat. */
export function lacksSight({ error }: Pick<AssistantMessage, 'error'>): boolean {
  if (error?.code !== 'unsupported-capability') return false;
  return error.reason === 'vision' || error.param === 'messages';
}

function hasPicture(message: Message): boolean {
  return message.role === 'user' && message.attachments.some(({ isImage }) => isImage);
}
