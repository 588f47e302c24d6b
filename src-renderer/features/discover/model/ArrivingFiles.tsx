import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HubVariant } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import styles from './WhatArrives.module.css';

export interface ArrivingFilesProps {
  readonly files: HubVariant['files'];
}

/** A large MLX repository has dozens. */
const shownAtFirst = 4;

/** The names of the files with their sizes. */
export function ArrivingFiles({ files }: ArrivingFilesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isAll, setIsAll] = useState(false);
  const shown = isAll ? files : files.slice(0, shownAtFirst);
  return (
    <>
      <ul className={styles['files']}>
        {shown.map(({ path, sizeBytes }) => (
          <li key={path}>
            <code>{path}</code> <span className={styles['size']}>{format.bytes(sizeBytes)}</span>
          </li>
        ))}
      </ul>
      {files.length > shown.length && (
        <Button
          variant="quiet"
          size="row"
          onClick={() => {
            setIsAll(true);
          }}
        >
          {t('discover.arrives.showAll', { count: files.length })}
        </Button>
      )}
    </>
  );
}
