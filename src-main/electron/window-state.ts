import { app, screen } from 'electron';
import type { BrowserWindow, Rectangle } from 'electron';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const windowState = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }),
  isMaximized: z.boolean(),
});

interface WindowState {
  readonly bounds: { readonly width: number; readonly height: number } & Partial<Rectangle>;
  readonly isMaximized: boolean;
}

const firstSize = { width: 1280, height: 820 };

/** Where the window was last time, unless that screen is gone. */
export function readWindowState(): WindowState {
  const fallback: WindowState = { bounds: firstSize, isMaximized: false };
  try {
    const saved = windowState.parse(JSON.parse(readFileSync(stateFile(), 'utf8')));
    const areas = screen.getAllDisplays().map((display) => display.workArea);
    return isReachable(saved.bounds, areas) ? saved : fallback;
  } catch {
    return fallback; // First start, or a damaged file: nothing is lost but a position.
  }
}

/** Enough of the title bar lies on some screen to be dragged. */
export function isReachable(bounds: Rectangle, areas: readonly Rectangle[]): boolean {
  const grip = 60;
  return areas.some(
    (area) =>
      bounds.x + bounds.width - grip >= area.x &&
      bounds.x + grip <= area.x + area.width &&
      bounds.y >= area.y - 1 &&
      bounds.y + grip <= area.y + area.height,
  );
}

/** Remembers size and place when the window closes. */
export function trackWindowState(window: BrowserWindow): void {
  window.on('close', () => {
    const state = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
    try {
      writeFileSync(stateFile(), JSON.stringify(state));
    } catch {
      // A full disk must not keep the window from closing.
    }
  });
}

function stateFile(): string {
  return join(app.getPath('userData'), 'window.json');
}
