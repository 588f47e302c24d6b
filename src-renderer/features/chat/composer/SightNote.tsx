import { useTranslation } from 'react-i18next';
import { Note } from '../../../ui/Note.tsx';
import { SeeingModels } from '../SeeingModels.tsx';
import type { SightVerdict } from '../state/sight.ts';
import type { InstalledModel } from '../types.ts';

export interface SightNoteProps {
  /** By which *Send* names its reason. */
  readonly id: string;
  readonly verdict: SightVerdict;
  readonly model: InstalledModel | undefined;
  readonly onChoose: (model: InstalledModel) => void;
}

/** Says before sending that the model reads no pictures, and which one does. */
export function SightNote({ id, verdict, model, onChoose }: SightNoteProps) {
  const { t } = useTranslation();
  if (verdict === 'fine' || model === undefined) return null;
  const isBefore = verdict === 'blind-before';
  return (
    <div id={id}>
      <Note
        tone="slow"
        title={t(isBefore ? 'chat.picture.blindBefore' : 'chat.picture.blind', {
          model: model.name,
        })}
        actions={<SeeingModels onChoose={onChoose} />}
      >
        {t(isBefore ? 'chat.picture.blindBeforeWhy' : 'chat.picture.blindWhy')}
      </Note>
    </div>
  );
}
