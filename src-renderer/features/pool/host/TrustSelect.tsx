import { useTranslation } from 'react-i18next';
import type { NodeTrust } from '../../../api.ts';
import { Select } from '../../../ui/Select.tsx';

export interface TrustSelectProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly value: NodeTrust;
  readonly onChange: (trust: NodeTrust) => void;
}

const trusts: readonly NodeTrust[] = ['own', 'trusted', 'guest'];

/** How far a machine may be trusted with prompts. */
export function TrustSelect({ value, onChange, ...control }: TrustSelectProps) {
  const { t } = useTranslation();
  return (
    <Select
      {...control}
      value={value}
      options={trusts.map((trust) => ({ value: trust, label: t(`host.trust.${trust}`) }))}
      onChange={onChange}
    />
  );
}
