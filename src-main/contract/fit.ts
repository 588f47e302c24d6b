import { z } from 'zod';

/** The three words of the window: *Fits*, *May be slow*, *Won't fit*. */
export const fitVerdict = z.enum(['fits', 'slow', 'too-big']);
export type FitVerdict = z.infer<typeof fitVerdict>;

/** What a model would take on this machine with the options it would be loaded with. */
export const fit = z.object({
  verdict: fitVerdict,
  /** Everything together, the engine's own process included. */
  predictedBytes: z.number(),
  /** The part of it in graphics memory; 0 without a graphics card. */
  gpuBytes: z.number(),
  /** What the verdict was held against: the sills. The first is absent without graphics memory. */
  gpuLimitBytes: z.number().exactOptional(),
  limitBytes: z.number(),
  contextLength: z.int(),
  slots: z.int(),
  /** About; absent while nothing was measured that it could be reckoned from. */
  tokensPerSecond: z.number().exactOptional(),
  /** What the window says in words: how much is lacking, or what runs beside the graphics card. */
  reason: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('lacks-memory'), missingBytes: z.number() }),
      z.object({ kind: z.literal('on-processor') }),
      z.object({ kind: z.literal('partly-on-processor'), gpuLayers: z.int(), layers: z.int() }),
      z.object({ kind: z.literal('slower-than-reading'), tokensPerSecond: z.number() }),
    ])
    .exactOptional(),
});
export type FitView = z.infer<typeof fit>;

/** Where the one slider stands: faster answers, a longer context, or a larger quantization. */
export const aim = z.enum(['speed', 'context', 'quality']);
export type Aim = z.infer<typeof aim>;
