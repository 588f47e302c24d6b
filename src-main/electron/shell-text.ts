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
  /** The page and the menu item. */
  readonly help: string;
  readonly helpMenu: string;
  readonly safeMode: string;
  readonly startAnyway: string;
  readonly cannotStart: string;
  readonly crashedBefore: string;
  readonly crashedBeforeDetail: string;
  readonly saveReport: string;
  readonly reportNote: string;
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
  help: 'Something is wrong',
  helpMenu: 'Help',
  safeMode: 'Start in safe mode',
  startAnyway: 'Start normally',
  cannotStart: 'Millpond could not start',
  crashedBefore: 'Millpond crashed the last times it started',
  crashedBeforeDetail:
    'Safe mode leaves out what commonly crashes: the graphics card, your settings and pools. Nothing of it is lost.',
  saveReport: 'Save the report',
  reportNote:
    'This is everything that Millpond knows about the trouble. Keys, names and what you wrote are not in it. It is sent nowhere.',
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
  help: '出了问题',
  helpMenu: '帮助',
  safeMode: '以安全模式启动',
  startAnyway: '正常启动',
  cannotStart: 'Millpond 无法启动',
  crashedBefore: 'Millpond 最近几次启动都崩溃了',
  crashedBeforeDetail: '安全模式会跳过常导致崩溃的部分：显卡、你的设置和模型池。它们都不会丢失。',
  saveReport: '保存报告',
  reportNote:
    '这是 Millpond 所知的全部情况。密钥、姓名和你写的内容都不在其中。它不会被发送到任何地方。',
};

export function shellText(language: ShellPreferences['language']): ShellText {
  const chosen = language === 'system' ? app.getLocale() : language;
  return chosen.startsWith('zh') ? chinese : english;
}
