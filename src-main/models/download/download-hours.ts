import type { DownloadLimits } from './ports.ts';

const hourMs = 3_600_000;

/** Whether downloads may run at this moment (epoch milliseconds), by the local clock. */
export function isDownloadHour({ from, to }: DownloadLimits['hours'], now: number): boolean {
  if (from === to) return true;
  const hour = new Date(now).getHours();
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

/** Milliseconds until the local clock strikes next. */
export function msToNextHour(now: number): number {
  const date = new Date(now);
  const inHour = date.getMinutes() * 60_000 + date.getSeconds() * 1000 + date.getMilliseconds();
  return hourMs - inHour;
}
