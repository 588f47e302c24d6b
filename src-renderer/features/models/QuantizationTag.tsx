import type { InstalledModel } from '../../api.ts';
import { quantizationBesideName } from '../../state/model-words.ts';

export interface QuantizationTagProps {
  readonly model: InstalledModel;
  readonly className?: string | undefined;
}

/** How a model's weights are stored, where its name does not end with that already. */
export function QuantizationTag({ model, className }: QuantizationTagProps) {
  const quantization = quantizationBesideName(model);
  return quantization === undefined ? null : <code className={className}>{quantization}</code>;
}
