/** Whether this browser, or the desktop shell, tells alerts outside the window. */
export type NoticeState = 'on' | 'off' | 'denied' | 'absent';

const wishKey = 'millpond.notices';

/** Asked for in this browser alone: what a person allows here says nothing of their other devices. */
export function noticeState(): NoticeState {
  if (!('Notification' in globalThis)) return 'absent';
  if (Notification.permission === 'denied') return 'denied';
  const isWanted = localStorage.getItem(wishKey) === 'on';
  return isWanted && Notification.permission === 'granted' ? 'on' : 'off';
}

/** Asks the person where that is needed; resolves to how it stands then. */
export async function wantNotices(isWanted: boolean): Promise<NoticeState> {
  localStorage.setItem(wishKey, isWanted ? 'on' : 'off');
  if (isWanted && 'Notification' in globalThis) await Notification.requestPermission();
  return noticeState();
}

/** Says it outside the window; pressing it brings the window forward. */
export function showNotice(title: string, text: string, onOpen: () => void): void {
  if (noticeState() !== 'on') return;
  const notice = new Notification(title, { body: text });
  notice.addEventListener('click', () => {
    globalThis.focus();
    onOpen();
    notice.close();
  });
}
