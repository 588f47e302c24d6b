import { useTranslation } from 'react-i18next';
import type { SharingLimits, SharingStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { updateSharing } from '../../../state/sharing.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { SettingRow } from '../../settings/SettingRow.tsx';
import { CommandsRow } from './CommandsRow.tsx';
import styles from './LimitsSection.module.css';
import { NumberInput } from './NumberInput.tsx';
import { OfferedModels } from './OfferedModels.tsx';

export interface LimitsSectionProps {
  readonly sharing: SharingStatus;
}

type NumberLimit = 'answersAtOnce' | 'gpuBytes' | 'maxPromptTokens' | 'uploadBytesPerSecond';

/** How each figure is shown: `scale` units of the contract are one unit on screen. */
const figures: readonly {
  readonly name: NumberLimit;
  readonly scale: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
}[] = [
  { name: 'answersAtOnce', scale: 1, min: 1, max: 64 },
  { name: 'gpuBytes', scale: 2 ** 30, min: 0, max: 1024, step: 0.5 },
  { name: 'maxPromptTokens', scale: 1, min: 0, max: 10_000_000, step: 1 },
  { name: 'uploadBytesPerSecond', scale: 125_000, min: 0, max: 100_000, step: 1 },
];

/** What the owner gives at most, whatever a gateway asks. */
export function LimitsSection({ sharing }: LimitsSectionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const deed = useDeed();
  const { limits } = sharing;
  const change = (next: Partial<SharingLimits>) =>
    void deed.run(() => updateSharing({ limits: next }));
  const upload = format.bytes(sharing.uploadBytesPerSecond);
  return (
    <PageSection title={t('sharing.limits.title')} className={styles['section']}>
      {figures.map(({ name, scale, ...range }) => (
        <SettingRow
          key={name}
          name={t(`sharing.limits.${name}`)}
          effect={t(`sharing.limits.${name}Effect`, { upload })}
        >
          {(control) => (
            <NumberInput
              {...control}
              {...range}
              label={t(`sharing.limits.${name}`)}
              unit={t(`sharing.limits.${name}Unit`)}
              value={Math.round((limits[name] / scale) * 100) / 100}
              onChange={(value) => {
                change({ [name]: Math.round(value * scale) });
              }}
            />
          )}
        </SettingRow>
      ))}
      <OfferedModels models={limits.models} onChange={change} />
      <CommandsRow commands={limits.allowedCommands} onChange={change} />
      {(['keepAwake', 'reportErrors'] as const).map((name) => (
        <SettingRow
          key={name}
          name={t(`sharing.limits.${name}`)}
          effect={t(`sharing.limits.${name}Effect`)}
        >
          {(control) => (
            <Switch
              {...control}
              checked={limits[name]}
              onChange={(isOn) => {
                change({ [name]: isOn });
              }}
            />
          )}
        </SettingRow>
      ))}
      {deed.error && <ErrorNote error={deed.error} title={t('sharing.notKept')} />}
    </PageSection>
  );
}
