import { create } from 'zustand';
import { api } from '../../../api.ts';
import type { Download, Starter } from '../../../api.ts';
import { expectDownload, onDownloadFinished, startDownload } from '../../../state/downloads.ts';
import { useNewChat } from '../../../state/new-chat.ts';
import { updateSettings, useSettings } from '../../../state/settings.ts';
import { changeChat } from '../state/deeds.ts';

interface BetterModelState {
  /** Somebody does not want to be asked again. */
  readonly isDismissed: boolean;
  /** The download whose model this window goes on with. */
  readonly downloadId: string | undefined;
  /** The chat that goes on with it; undefined is the next new one. */
  readonly chatId: string | undefined;
}

const dismissedKey = 'millpond.better-model.dismissed';
const downloadKey = 'millpond.better-model.download';

/** Getting a better model than Guide out of the chat. Survives a reload. */
export const useBetterModel = create<BetterModelState>()(() => ({
  isDismissed: stored(dismissedKey) !== undefined,
  downloadId: stored(downloadKey),
  chatId: undefined,
}));

export function dismissBetterModel(): void {
  store(dismissedKey, 'yes');
  useBetterModel.setState({ isDismissed: true });
}

/** Downloads it; when it is here, the chat goes on with it. Rejects with a `MillpondError`. */
export async function getBetterModel({ repo, variant }: Starter): Promise<void> {
  const download = await startDownload(repo, variant);
  const { id, modelId } = download;
  expectDownload(id);
  store(downloadKey, id);
  useBetterModel.setState({ downloadId: id });
  // Otherwise its end will be told.
  if (modelId !== undefined) finish(download);
}

/** Chooses the new model for the chat on screen and loads it; new chats begin with it from now on. */
async function goOnWith(modelId: string): Promise<void> {
  const { chatId } = useBetterModel.getState();
  if (chatId === undefined) useNewChat.setState({ model: modelId });
  else await changeChat(chatId, { model: modelId });
  const preferred = useSettings.getState().settings?.defaultModel;
  if (preferred === 'guide') await updateSettings({ defaultModel: modelId });
  await api.models.load({ id: modelId });
}

function finish({ id, modelId }: Download): void {
  if (id !== useBetterModel.getState().downloadId) return;
  store(downloadKey, undefined);
  useBetterModel.setState({ downloadId: undefined });
  // What fails here shows itself: the picker names the model, and a failed load its reason.
  if (modelId !== undefined) goOnWith(modelId).catch(() => undefined);
}

const { downloadId } = useBetterModel.getState();
if (downloadId !== undefined) expectDownload(downloadId);
onDownloadFinished(finish);

function stored(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined; // Storage may be switched off; then it is asked once more.
  }
}

function store(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // The copy in memory is what is left.
  }
}
