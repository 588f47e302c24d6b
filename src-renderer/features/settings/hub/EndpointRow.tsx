import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseEndpoint, useHub } from '../../../state/hub.ts';
import { Select } from '../../../ui/Select.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { PathForm } from '../PathForm.tsx';
import { HubError } from './HubError.tsx';
import { SettingRow } from '../SettingRow.tsx';
import styles from './HubRows.module.css';

/** Values of the list that are no address. */
const automatic = '';
const own = 'own';

/** Which hub is asked: the official one, a mirror, or an address of one's own. */
export function EndpointRow() {
  const { t } = useTranslation();
  const deed = useDeed();
  const status = useHub((hub) => hub.status);
  const [isTyping, setIsTyping] = useState(false);
  const [typed, setTyped] = useState('');
  if (status === undefined) return null;
  const chosen = status.endpointFrom === 'settings' ? status.endpoint : automatic;
  const known = status.knownEndpoints.map(({ name, url }) => ({ value: url, label: name }));
  const isListed = chosen === automatic || known.some(({ value }) => value === chosen);

  async function choose(url: string): Promise<void> {
    const isDone = await deed.run(() => chooseEndpoint(url));
    if (!isDone) return;
    setIsTyping(false);
    setTyped('');
  }

  return (
    <>
      <SettingRow
        name={t('settings.endpoint')}
        effect={t(`settings.endpointFrom.${status.endpointFrom}`, { endpoint: status.endpoint })}
        error={isTyping ? undefined : deed.error}
      >
        {(control) => (
          <Select
            {...control}
            value={isTyping ? own : chosen}
            options={[
              { value: automatic, label: t('settings.endpointAutomatic') },
              ...known,
              ...(isListed ? [] : [{ value: chosen, label: chosen }]),
              { value: own, label: t('settings.endpointOwn') },
            ]}
            onChange={(value) => {
              setIsTyping(value === own);
              if (value !== own) void choose(value);
            }}
          />
        )}
      </SettingRow>
      {isTyping && (
        <div className={styles['below']}>
          <PathForm
            type="url"
            label={t('settings.endpointAddress')}
            button={t('settings.use')}
            value={typed}
            isBusy={deed.isBusy}
            onChange={setTyped}
            onSubmit={(url) => void choose(url)}
          />
          <HubError error={deed.error} />
        </div>
      )}
    </>
  );
}
