import { app } from 'electron';
import type { ShellPreferences } from '../platform/shell-protocol.ts';

/** Words of the native menu, tray and dialogs; the window has its own. */
export interface ShellText {
  readonly show: string;
  readonly quit: string;
  readonly chat: string;
  readonly models: string;
  readonly server: string;
  readonly activity: string;
  readonly settings: string;
  readonly go: string;
  readonly edit: string;
  readonly view: string;
  readonly window: string;
  readonly runtimeEnded: string;
}

const english: ShellText = {
  show: 'Open Millpond',
  quit: 'Quit Millpond',
  chat: 'Chat',
  models: 'My Models',
  server: 'Server',
  activity: 'Activity',
  settings: 'Settings',
  go: 'Go',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  runtimeEnded:
    'Millpond’s server stopped unexpectedly. Your chats are saved; open Millpond again.',
};

const chinese: ShellText = {
  show: '打开 Millpond',
  quit: '退出 Millpond',
  chat: '对话',
  models: '我的模型',
  server: '服务',
  activity: '活动',
  settings: '设置',
  go: '前往',
  edit: '编辑',
  view: '显示',
  window: '窗口',
  runtimeEnded: 'Millpond 的服务意外停止。对话已保存；请重新打开 Millpond。',
};

export function shellText(language: ShellPreferences['language']): ShellText {
  const chosen = language === 'system' ? app.getLocale() : language;
  return chosen.startsWith('zh') ? chinese : english;
}
