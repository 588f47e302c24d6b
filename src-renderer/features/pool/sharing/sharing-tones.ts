import type { SharingStatus } from '../../../api.ts';
import type { Tone } from '../../../ui/StateBadge.tsx';

/** A pause that the owner's own rule made is normal: it has its shape, and no colour of alarm. */
export const sharingTones: Readonly<Record<SharingStatus['state']['phase'], Tone>> = {
  sharing: 'ok',
  finishing: 'work',
  paused: 'paused',
};
