import type { ModelCapabilities } from '../../core/model.ts';
import { secondsOf } from './stream.ts';

/** What is known about a model that is listed. */
export interface ListedModel {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly ownedBy: string;
  readonly contextLength?: number;
  readonly capabilities?: ModelCapabilities;
  readonly isReady: boolean;
}

/** One entry of `GET /v1/models`; the last three fields are ours, and clients skip them. */
export function encodeModel(model: ListedModel): object {
  return {
    id: model.id,
    object: 'model',
    created: secondsOf(model.createdAt),
    owned_by: model.ownedBy,
    ...(model.contextLength !== undefined && { context_length: model.contextLength }),
    ...(model.capabilities !== undefined && { capabilities: model.capabilities }),
    ready: model.isReady,
  };
}

export function encodeModelList(models: readonly ListedModel[]): object {
  return { object: 'list', data: models.map(encodeModel) };
}
