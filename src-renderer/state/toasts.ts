import { create } from 'zustand';

export interface Toast {
  readonly id: number;
  readonly text: string;
  /** Takes the deed back. */
  readonly undo?: () => void;
}

interface ToastState {
  readonly toast: Toast | undefined;
}

/** One sentence at a time about something that was done. Never for errors. */
export const useToast = create<ToastState>()(() => ({ toast: undefined }));

let lastId = 0;

export function showToast(text: string, undo?: () => void): void {
  lastId += 1;
  useToast.setState({ toast: { id: lastId, text, ...(undo && { undo }) } });
}

export function dismissToast(id: number): void {
  if (useToast.getState().toast?.id === id) useToast.setState({ toast: undefined });
}

/** Undoes what the toast on screen speaks of; false when there is nothing to undo. */
export function undoLast(): boolean {
  const { toast } = useToast.getState();
  if (toast?.undo === undefined) return false;
  useToast.setState({ toast: undefined });
  toast.undo();
  return true;
}
