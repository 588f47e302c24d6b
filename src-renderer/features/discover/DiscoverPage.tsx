import { DiscoverHome } from './DiscoverHome.tsx';
import { ModelPage } from './model/ModelPage.tsx';

export interface DiscoverPageProps {
  /** `org/name` of the model whose page is open. */
  readonly repo?: string | undefined;
  /** The quantization that an address asked for. */
  readonly variant?: string | undefined;
}

/** Finding a model that will work here, and getting it. */
export function DiscoverPage({ repo, variant }: DiscoverPageProps) {
  if (repo === undefined) return <DiscoverHome />;
  return <ModelPage key={repo} repo={repo} wantedVariant={variant} />;
}
