/**
 * The version that a tag stands for. Throws one sentence when it is not that of package.json: a package
 * that calls itself otherwise than its release could never be updated.
 */
export function versionOfTag(tag: string, manifestVersion: string): string {
  const version = /^v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/.exec(tag)?.[1];
  if (version === undefined) {
    throw new Error(`'${tag}' is no tag of a release, such as v1.2.3.`);
  }
  if (version !== manifestVersion) {
    throw new Error(
      `The tag says ${version}, package.json says ${manifestVersion}; change one of them and tag again.`,
    );
  }
  return version;
}
