import { DownloadFolderRow } from './DownloadFolderRow.tsx';
import { DownloadHoursRow } from './DownloadHoursRow.tsx';
import { DownloadSpeedRow } from './DownloadSpeedRow.tsx';
import { EndpointRow } from './EndpointRow.tsx';
import { TokenRow } from './TokenRow.tsx';

/** Where models come from, who asks for them, and when and how fast they may come. */
export function HubSection() {
  return (
    <>
      <EndpointRow />
      <TokenRow />
      <DownloadFolderRow />
      <DownloadSpeedRow />
      <DownloadHoursRow />
    </>
  );
}
