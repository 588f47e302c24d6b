import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HubStatus } from '../../../api.ts';
import { keepToken, useHub } from '../../../state/hub.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { PathForm } from '../PathForm.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { HubError } from './HubError.tsx';

/** The hub account behind gated models. The token itself is never shown again. */
export function TokenRow() {
  const { t } = useTranslation();
  const deed = useDeed();
  const status = useHub((hub) => hub.status);
  const [typed, setTyped] = useState('');
  if (status === undefined) return null;

  async function keep(token: string): Promise<void> {
    if (!(await deed.run(() => keepToken(token)))) return;
    setTyped('');
    showToast(t(token === '' ? 'settings.tokenRemoved' : 'settings.tokenKept'));
  }

  return (
    <>
      <SettingRow name={t('settings.token')} effect={<TokenEffect status={status} />}>
        {(control) =>
          status.tokenFrom === 'settings' ? (
            <Button
              {...control}
              busyLabel={deed.isBusy ? t('settings.removing') : undefined}
              onClick={() => void keep('')}
            >
              {t('settings.removeToken')}
            </Button>
          ) : (
            <PathForm
              {...control}
              type="password"
              label={t('settings.tokenField')}
              button={t(deed.isBusy ? 'settings.tokenAsking' : 'settings.keepToken')}
              value={typed}
              isBusy={deed.isBusy}
              onChange={setTyped}
              onSubmit={(token) => void keep(token)}
            />
          )
        }
      </SettingRow>
      <HubError error={deed.error} />
    </>
  );
}

function TokenEffect({ status }: { readonly status: HubStatus }) {
  const { t } = useTranslation();
  const { tokenFrom, account } = status;
  const from = t(`settings.tokenFrom.${tokenFrom}`);
  if (tokenFrom === 'none' || account === undefined) return from;
  return `${t('settings.tokenAccount', { account })} ${from}`;
}
