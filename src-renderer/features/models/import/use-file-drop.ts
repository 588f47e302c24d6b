import { useEffect, useRef, useState } from 'react';
import { droppedFiles } from './dropped-files.ts';
import type { DroppedFiles } from './dropped-files.ts';

/** Takes files that are dropped anywhere on the window; tells whether some are held over it now. */
export function useFileDrop(onDrop: (files: DroppedFiles) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(onDrop);
  useEffect(() => {
    latest.current = onDrop;
  });
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const onFiles = (type: 'dragover' | 'drop', run: (transfer: DataTransfer) => void) => {
      const listener = (event: DragEvent) => {
        const transfer = event.dataTransfer;
        if (transfer?.types.includes('Files') !== true || isDialogOpen()) return;
        // Without this the browser leaves the page and shows the file.
        event.preventDefault();
        run(transfer);
      };
      document.addEventListener(type, listener, { signal });
    };
    onFiles('dragover', (transfer) => {
      // Nothing writes to `effectAllowed` here; the pointer shows what will happen.
      transfer.dropEffect = 'copy';
      setIsOver(true);
    });
    onFiles('drop', (transfer) => {
      setIsOver(false);
      const dropped = droppedFiles([...transfer.files], globalThis.window.millpondShell?.pathOf);
      if (dropped !== undefined) latest.current(dropped);
    });
    document.addEventListener(
      'dragleave',
      (event) => {
        if (event.relatedTarget === null) setIsOver(false);
      },
      { signal },
    );
    return () => {
      stop.abort();
    };
  }, []);
  return isOver;
}

function isDialogOpen(): boolean {
  return document.querySelector('dialog[open]') !== null;
}
