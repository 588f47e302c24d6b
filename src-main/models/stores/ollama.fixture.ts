import { put, sha256 } from '../library.fixture.ts';

/**
 * Writes a tag as Ollama does: a manifest below `manifests` and one blob for each layer. `layers` maps
 * the end of a layer's media type, such as `model` or `params`, to its content.
 */
export function putOllamaModel(
  folder: string,
  tag: string,
  layers: Readonly<Record<string, string | Buffer>>,
): void {
  const described = Object.entries(layers).map(([kind, content]) => {
    const digest = sha256(content);
    put(folder, `blobs/sha256-${digest}`, content);
    const size = Buffer.byteLength(content);
    const mediaType = `application/vnd.ollama.image.${kind}`;
    return { mediaType, digest: `sha256:${digest}`, size };
  });
  const config = '{"model_format":"gguf","model_family":"llama"}';
  put(folder, `blobs/sha256-${sha256(config)}`, config);
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: `sha256:${sha256(config)}`,
      size: config.length,
    },
    layers: described,
  };
  put(folder, `manifests/${tag}`, JSON.stringify(manifest));
}
