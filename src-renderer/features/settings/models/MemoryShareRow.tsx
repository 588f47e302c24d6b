import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Slider } from '../../../ui/Slider.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { useSetting } from '../use-setting.ts';
import styles from './MemoryShareRow.module.css';

export interface MemoryShareRowProps {
  readonly setting: 'memoryShare' | 'gpuMemoryShare';
  /** The largest share that can be given. */
  readonly max: number;
  /** What it is a share of. */
  readonly totalBytes: number | undefined;
}

/** How much of one kind of memory models may take together. */
export function MemoryShareRow({ setting, max, totalBytes }: MemoryShareRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { value, set, error } = useSetting(setting);
  // The slider follows the hand; only where it comes to rest is sent.
  const [dragged, setDragged] = useState<number>();
  const share = dragged ?? value ?? 0.7;
  const text = t('settings.memoryShareValue', {
    percent: format.percent(share),
    size: format.memory(totalBytes && totalBytes * share),
  });
  function settle(): void {
    if (dragged !== undefined && dragged !== value) set(dragged);
    setDragged(undefined);
  }
  return (
    <SettingRow
      name={t(`settings.${setting}`)}
      effect={t(`settings.${setting}Effect`)}
      error={error}
    >
      {(control) => (
        <div className={styles['share']}>
          <span>{text}</span>
          <Slider
            {...control}
            min={0.1}
            max={max}
            step={0.05}
            value={share}
            aria-valuetext={text}
            onChange={(next) => {
              setDragged(Math.round(next * 100) / 100);
            }}
            onPointerUp={settle}
            onKeyUp={settle}
            onBlur={settle}
          />
        </div>
      )}
    </SettingRow>
  );
}
