import { createContext } from 'react';

/**
 * Where menus, popovers and tooltips are drawn: inside the open dialog, because everything outside of
 * it lies below its layer; null is the page itself.
 */
export const FloatContainer = createContext<HTMLElement | null>(null);
