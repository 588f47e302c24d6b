import './ui/fonts.css';
import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startI18n } from './i18n/i18n.ts';
import { rememberedLanguage } from './state/language.ts';
import { start } from './state/start.ts';
import { applyRememberedTheme } from './state/theme.ts';

applyRememberedTheme();
await startI18n(rememberedLanguage());
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
await start();
