import { useTranslation } from 'react-i18next';
import type { CommandStatus } from '../../../src-main/contract/command.ts';
import { api } from '../../api.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { Switch } from '../../ui/Switch.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { SettingRow } from './SettingRow.tsx';

const ask = (signal: AbortSignal): Promise<CommandStatus> => api.command.status({}, { signal });

/** Whether `millpond` can be typed in a terminal; absent where this installation brings no command. */
export function CommandRow() {
  const { t } = useTranslation();
  const { answer, error, change } = useAnswer(ask);
  const deed = useDeed();
  if (answer === undefined && error === undefined) return null;
  if (answer?.state === 'unavailable') return null;
  const set = (isOn: boolean) =>
    void deed.run(async () => {
      const next = await api.command.set({ isOn });
      change(() => next);
    });
  return (
    <SettingRow
      name={t('settings.command')}
      effect={<Effect status={answer} />}
      error={deed.error ?? error}
      {...(deed.error === undefined && { failedTitle: t('settings.commandUnknown') })}
    >
      {(control) => (
        <Switch
          {...control}
          checked={answer?.state === 'on' || answer?.state === 'system'}
          disabled={answer === undefined || answer.state === 'system'}
          onChange={set}
        />
      )}
    </SettingRow>
  );
}

function Effect({ status }: { readonly status: CommandStatus | undefined }) {
  const { t } = useTranslation();
  const path = status?.path ?? '';
  if (status?.state === 'system') return t('settings.commandOfSystem', { path });
  if (status?.state === 'on' && status.isOnPath === false) {
    return t('settings.commandNotOnPath', { folder: path.replace(/[/\\][^/\\]*$/, '') });
  }
  if (status?.state === 'on') return t('settings.commandOn', { path });
  return t('settings.commandEffect');
}
