import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { Download } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface DownloadsState {
  /** In the order in which they run; undefined until the first answer. */
  readonly downloads: readonly Download[] | undefined;
  readonly error: MillpondError | undefined;
}

/** Models on their way to this disk. */
export const useDownloads = create<DownloadsState>()(() => ({
  downloads: undefined,
  error: undefined,
}));

const { answer, told } = createToldLast();

/** The list with one download replaced at its place, or added at the end. */
export function withDownload(
  downloads: readonly Download[],
  changed: Download,
): readonly Download[] {
  const isKnown = downloads.some((download) => download.id === changed.id);
  if (!isKnown) return [...downloads, changed];
  return downloads.map((download) => (download.id === changed.id ? changed : download));
}

/** Whether it still has bytes to fetch or to check, or waits for somebody to help it. */
export function isUnfinished(download: Pick<Download, 'state'>): boolean {
  return download.state !== 'done';
}

/** Whether it goes on by itself: what a count of running things counts. */
export function isMoving({ state }: Pick<Download, 'state'>): boolean {
  return state === 'running' || state === 'verifying' || state === 'queued';
}

/** Whether it became a model with this change: its last byte comes first, its name a moment later. */
export function hasJustFinished(before: Download | undefined, after: Download): boolean {
  const isModel = (one: Download) => !isUnfinished(one) && one.modelId !== undefined;
  return isModel(after) && (before === undefined || !isModel(before));
}

/** From 0 to 1. Never 1 before the last byte is checked. */
export function shareDone({
  state,
  doneBytes,
  totalBytes,
}: Pick<Download, 'state' | 'doneBytes' | 'totalBytes'>): number {
  if (state === 'done') return 1;
  return totalBytes > 0 ? Math.min(0.995, Math.max(0, doneBytes / totalBytes)) : 0;
}

/** The newest download of a choice on the hub. */
export function downloadOf(
  downloads: readonly Download[] | undefined,
  repo: string,
  variant: string,
): Download | undefined {
  return downloads?.findLast((download) => download.repo === repo && download.variant === variant);
}

export interface DownloadSummary {
  readonly count: number;
  /** Of all their bytes together. */
  readonly share: number;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number | undefined;
  /** Until the last one is here; absent when one of them cannot tell. */
  readonly etaSeconds: number | undefined;
}

/** Several downloads as one. */
export function summarize(downloads: readonly Download[]): DownloadSummary {
  const sumOf = (amount: (download: Download) => number) =>
    downloads.reduce((sum, download) => sum + amount(download), 0);
  const doneBytes = sumOf((download) => download.doneBytes);
  const totalBytes = sumOf((download) => download.totalBytes);
  const bytesPerSecond = sumOf((download) => download.bytesPerSecond ?? 0);
  const comes = downloads.every(isMoving) && downloads.some((one) => one.etaSeconds !== undefined);
  return {
    count: downloads.length,
    share: totalBytes > 0 ? Math.min(0.995, doneBytes / totalBytes) : 0,
    doneBytes,
    totalBytes,
    bytesPerSecond: bytesPerSecond > 0 ? bytesPerSecond : undefined,
    etaSeconds: comes && bytesPerSecond > 0 ? (totalBytes - doneBytes) / bytesPerSecond : undefined,
  };
}

export async function refreshDownloads(): Promise<void> {
  try {
    await answer(api.downloads.list({}), ({ downloads }) => {
      useDownloads.setState({ downloads, error: undefined });
    });
  } catch (thrown) {
    useDownloads.setState({ error: MillpondError.from(thrown) });
  }
}

function show(changed: Download): Download {
  useDownloads.setState(({ downloads }) => ({ downloads: withDownload(downloads ?? [], changed) }));
  return changed;
}

/** Starts `hf:org/repo:variant`. Rejects with a `MillpondError`, such as `storage-full`. */
export async function startDownload(repo: string, variant: string): Promise<Download> {
  const started = await api.downloads.start({ name: `hf:${repo}:${variant}` });
  const known = useDownloads.getState().downloads?.find(({ id }) => id === started.id);
  // Its news come another way, and a small file may be here before the answer is.
  return known ?? show(started);
}

export async function pauseDownload(id: string): Promise<void> {
  show(await api.downloads.pause({ id }));
}

/** Goes on with a paused one and tries a failed one again. */
export async function resumeDownload(id: string): Promise<void> {
  show(await api.downloads.resume({ id }));
}

/** Ends it and deletes what has arrived. */
export async function cancelDownload(id: string): Promise<void> {
  await api.downloads.cancel({ id });
  forget(id);
}

/** Puts it first in line. */
export async function putFirst(id: string): Promise<void> {
  show(await api.downloads.prioritize({ id }));
  await refreshDownloads();
}

function forget(id: string): void {
  useDownloads.setState(({ downloads }) => ({
    downloads: downloads?.filter((download) => download.id !== id),
  }));
}

/** `isExpected`: somebody waits for it and says so; it needs no other announcement. */
type FinishListener = (download: Download, isExpected: boolean) => void;
const finishListeners = new Set<FinishListener>();
const expected = new Set<string>();

/** Somebody waits for the end of this download and announces it in their own words. */
export function expectDownload(id: string): void {
  expected.add(id);
}

/** Called when a download ends well while the window is open. */
export function onDownloadFinished(listener: FinishListener): () => void {
  finishListeners.add(listener);
  return () => finishListeners.delete(listener);
}

export function followDownloads(): void {
  onResync(() => void refreshDownloads());
  events.downloads.onChanged(({ download }) => {
    const before = useDownloads.getState().downloads?.find((known) => known.id === download.id);
    told(() => {
      show(download);
    });
    if (!hasJustFinished(before, download)) return;
    for (const listener of finishListeners) listener(download, expected.has(download.id));
  });
  events.downloads.onRemoved(({ id }) => {
    told(() => {
      forget(id);
    });
  });
}
