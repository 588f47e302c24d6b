import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MillpondError } from '../../../../src-main/core/error.ts';
import type { InstalledModel } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { showToast } from '../../../state/toasts.ts';
import { removeModel, restoreModel } from '../model-deeds.ts';

export interface Deletion {
  /** Deletes with a way back; asks first where another program uses the same files. */
  readonly start: (model: InstalledModel) => void;
  /** The model that other programs use too, and what the runtime says about that. */
  readonly shared: { readonly model: InstalledModel; readonly why: string } | undefined;
  readonly keep: () => void;
  readonly deleteAnyway: () => Promise<void>;
  readonly failure: { readonly title: string; readonly error: MillpondError } | undefined;
}

/** Deleting models, one at a time. `onGone` is called when one has left the list. */
export function useDeletion(onGone: (model: InstalledModel) => void): Deletion {
  const { t } = useTranslation();
  const format = useFormat();
  const [shared, setShared] = useState<Deletion['shared']>();
  const [failure, setFailure] = useState<Deletion['failure']>();

  async function remove(model: InstalledModel, force: boolean): Promise<void> {
    const { freedBytes } = await removeModel(model.id, force);
    setShared(undefined);
    onGone(model);
    const words = { name: model.name, size: format.bytes(freedBytes) };
    showToast(t(freedBytes > 0 ? 'models.deleted' : 'models.deletedNothing', words), () => {
      void restore(model);
    });
  }

  async function restore({ id, name }: InstalledModel): Promise<void> {
    try {
      await restoreModel(id);
    } catch (thrown) {
      const title = t('models.restoreFailed', { name });
      setFailure({ title, error: MillpondError.from(thrown) });
    }
  }

  async function start(model: InstalledModel): Promise<void> {
    setFailure(undefined);
    try {
      await remove(model, false);
    } catch (thrown) {
      const error = MillpondError.from(thrown);
      // A model with a problem of its own is refused for that, not for its other users.
      const isShared = error.code === 'conflict' && model.problem === undefined;
      if (isShared) setShared({ model, why: error.message });
      else setFailure({ title: t('models.deleteFailed', { name: model.name }), error });
    }
  }

  return {
    start: (model) => void start(model),
    shared,
    failure,
    keep() {
      setShared(undefined);
    },
    async deleteAnyway() {
      if (shared !== undefined) await remove(shared.model, true);
    },
  };
}
