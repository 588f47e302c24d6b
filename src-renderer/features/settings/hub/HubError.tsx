import type { MillpondError } from '../../../../src-main/core/error.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Note } from '../../../ui/Note.tsx';

export interface HubErrorProps {
  readonly error: MillpondError | undefined;
}

/** What the hub, or the way to it, says. Its codes are about the hub and not about this window. */
export function HubError({ error }: HubErrorProps) {
  return error === undefined ? null : <Note tone="fail" title={sentence(error.message)} />;
}
