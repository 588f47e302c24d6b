import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundModel, FoundStore, StoreKind } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Note } from '../../../ui/Note.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { storeName } from '../store-names.ts';
import styles from './StoreChoice.module.css';

export interface StoreChoiceProps {
  readonly kind: StoreKind;
  /** A program may keep models in several folders. */
  readonly folders: readonly FoundStore[];
  readonly isChosen: boolean;
  readonly onChange: (isChosen: boolean) => void;
}

/** One program: on or off, its folders, and what each of its files is good for. */
export function StoreChoice({ kind, folders, isChosen, onChange }: StoreChoiceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const count = folders.reduce((sum, { models }) => sum + models.length, 0);
  const sizeBytes = folders.reduce((sum, folder) => sum + folder.sizeBytes, 0);
  return (
    <section aria-label={storeName[kind]} className={styles['store']}>
      <div className={styles['head']}>
        <label htmlFor={id}>
          <b>{storeName[kind]}</b>{' '}
          {count > 0 && (
            <span className={styles['quiet']}>
              {t('models.summary', { count, size: format.bytes(sizeBytes) })}
            </span>
          )}
        </label>
        <Switch id={id} checked={isChosen} onChange={onChange} />
      </div>
      {folders.map((folder) => (
        <StoreFolder key={folder.folder} folder={folder} />
      ))}
    </section>
  );
}

function StoreFolder({ folder }: { readonly folder: FoundStore }) {
  const { t } = useTranslation();
  return (
    <div className={styles['folder']}>
      <code className={styles['path']}>{folder.folder}</code>
      {folder.problem !== undefined && (
        <Note tone="slow" title={sentence(folder.problem)}>
          {folder.command !== undefined && (
            <span className={styles['command']}>
              <code>{folder.command}</code>
              <CopyButton text={folder.command} label={t('models.copyCommand')} variant="plain" />
            </span>
          )}
        </Note>
      )}
      <ul className={styles['files']}>
        {folder.models.map((model) => (
          <FoundFile key={model.path} model={model} />
        ))}
      </ul>
    </div>
  );
}

const tones: Readonly<Record<FoundModel['use'], Tone>> = {
  'in-place': 'ok',
  'through-server': 'waiting',
  'needs-file': 'slow',
  unusable: 'fail',
};

function FoundFile({ model }: { readonly model: FoundModel }) {
  const { t } = useTranslation();
  const format = useFormat();
  const verdict = t(`models.foundStores.use.${model.use}`, {
    size: format.bytes(model.neededBytes),
  });
  return (
    <li className={styles['file']}>
      <span className={styles['name']}>{model.name}</span>
      <span className={styles['quiet']}>{format.bytes(model.sizeBytes)}</span>
      <StateBadge tone={tones[model.use]}>{verdict}</StateBadge>
      {model.problem !== undefined && (
        <p className={styles['problem']}>{sentence(model.problem)}</p>
      )}
    </li>
  );
}
