import { useTranslation } from 'react-i18next';
import type { Provider } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useProviders } from '../../../state/providers.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Note } from '../../../ui/Note.tsx';
import { ProviderModels } from './ProviderModels.tsx';

export interface ProviderAddedProps {
  readonly provider: Provider;
  readonly onClose: () => void;
}

/** It answered: what it lists, ready to be left out or renamed. */
export function ProviderAdded({ provider, onClose }: ProviderAddedProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const current = useProviders(({ providers }) => providers?.find(({ id }) => id === provider.id));
  const shown = current ?? provider;
  const { name, models, state, access } = shown;
  const latency = state.phase === 'ok' ? state.latencyMs : undefined;
  return (
    <Dialog
      title={t('providers.added.title', { name })}
      size="large"
      actions={
        <Button variant="primary" onClick={onClose}>
          {t('providers.added.done')}
        </Button>
      }
      onClose={onClose}
    >
      <Note
        tone="ok"
        title={t('providers.added.models', {
          count: models.length,
          models: format.count(models.length),
        })}
      >
        {latency !== undefined && t('providers.latency', { time: format.duration(latency) })}{' '}
        {t('providers.added.hint', { name })}
        {access === 'owner' && ` ${t('providers.added.ownerOnly')}`}
      </Note>
      {models.length > 0 && <ProviderModels provider={shown} mayChange />}
    </Dialog>
  );
}
