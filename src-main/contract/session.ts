import { z } from 'zod';
import { nothing } from './common.ts';
import { call, strangerCall } from './kinds.ts';

export const session = {
  /** Swaps a one-time login code (128 bit, 60 s) for a bearer. */
  open: strangerCall(
    'POST',
    '/control/session',
    z.strictObject({ code: z.string().min(16).max(128) }),
    z.object({ token: z.string() }),
  ),
  /** Ends this session; its bearer stops working. */
  close: call('DELETE', '/control/session', nothing, nothing),
  /** A fresh login code, for opening the window from the shell or the command line. */
  createCode: call('POST', '/control/session/codes', nothing, z.object({ code: z.string() })),
};
