import { create } from 'zustand';

export interface Toast {
  readonly id: number;
  readonly text: string;
  /** Takes the deed back. */
  readonly undo?: () => void;
  /** What one may want to do next; pressing one puts the toast away. */
  readonly actions?: readonly ToastAction[];
}

export interface ToastAction {
  /** A verb. */
  readonly label: string;
  readonly run: () => void;
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

/** A sentence with what one may want to do next. */
export function showToastWith(text: string, actions: readonly ToastAction[]): void {
  lastId += 1;
  useToast.setState({ toast: { id: lastId, text, actions } });
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
