import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { saveFile } from '../../../state/save-file.ts';
import { useMay } from '../../../state/may.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Menu, MenuItem } from '../../../ui/Menu.tsx';
import { SegmentedControl } from '../../../ui/SegmentedControl.tsx';
import { Select } from '../../../ui/Select.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './Usage.module.css';
import { canShowHours, spans } from './usage-range.ts';
import type { Bounds, UsageRange } from './usage-range.ts';

export interface UsageFiltersProps {
  readonly range: UsageRange;
  readonly bounds: Bounds | undefined;
  readonly onRange: (range: UsageRange) => void;
}

/** Which days, by hours or days, and the same as a file. */
export function UsageFilters({ range, bounds, onRange }: UsageFiltersProps) {
  const { t } = useTranslation();
  const mayExport = useMay('readEverybodysLog');
  const hasSteps = range.span !== 'day' && bounds !== undefined && canShowHours(bounds);
  return (
    <div role="group" aria-label={t('usage.range')} className={styles['filters']}>
      <Select
        aria-label={t('usage.range')}
        value={range.span}
        options={spans.map((value) => ({ value, label: t(`usage.spans.${value}`) }))}
        onChange={(span) => {
          onRange({ ...range, span });
        }}
      />
      {range.span === 'custom' && <OwnDays range={range} onRange={onRange} />}
      {hasSteps && (
        <SegmentedControl
          label={t('usage.step')}
          value={range.step}
          options={(['hour', 'day'] as const).map((value) => ({
            value,
            label: t(`usage.steps.${value}`),
          }))}
          onChange={(step) => {
            onRange({ ...range, step });
          }}
        />
      )}
      {mayExport && bounds !== undefined && <ExportMenu bounds={bounds} />}
    </div>
  );
}

function OwnDays({ range, onRange }: Omit<UsageFiltersProps, 'bounds'>) {
  const { t } = useTranslation();
  return (
    <span className={styles['days']}>
      {(['firstDay', 'lastDay'] as const).map((end) => (
        <TextInput
          key={end}
          type="date"
          aria-label={t(`usage.${end}`)}
          value={range[end]}
          onChange={(event) => {
            onRange({ ...range, [end]: event.target.value });
          }}
        />
      ))}
    </span>
  );
}

/** One line per day and key, person, model, machine and provider. */
function ExportMenu({ bounds }: { readonly bounds: Bounds }) {
  const { t } = useTranslation();
  const deed = useDeed();
  const save = (format: 'csv' | 'json') =>
    void deed.run(async () => {
      const { fileName, mediaType, text } = await api.usage.export({ ...bounds, format });
      saveFile(fileName, mediaType, text);
    });
  return (
    <span className={styles['export']}>
      <Menu
        trigger={
          <Button
            variant="quiet"
            icon={Download}
            busyLabel={deed.isBusy ? t('usage.exporting') : undefined}
          >
            {t('common.export')}
          </Button>
        }
      >
        {(['csv', 'json'] as const).map((format) => (
          <MenuItem
            key={format}
            onSelect={() => {
              save(format);
            }}
          >
            {format.toUpperCase()}
          </MenuItem>
        ))}
      </Menu>
      {deed.error && <ErrorNote error={deed.error} title={t('usage.exportFailed')} />}
    </span>
  );
}
