export interface ReleaseText {
  readonly version: string;
  /** What has changed, of CHANGELOG.md. */
  readonly notes: string;
  /** `build/pack/download-page.md`. */
  readonly page: string;
  /** `OWNER/NAME`, for the command that proves where a file was built. */
  readonly repository: string;
  /** What each system says about the build, such as `macOS arm64: Not signed: …`. */
  readonly signing: readonly string[];
}

/** The text beside the files: how to get and open it, then what is new. */
export function releaseText({ version, notes, page, repository, signing }: ReleaseText): string {
  const said = signing.length === 0 ? [] : signing.map((line) => `- ${line}`);
  const text = page
    .replaceAll('{version}', version)
    .replaceAll('{repository}', repository)
    .replaceAll('{signing}', said.join('\n'))
    // The release itself has that heading.
    .replace(/^# .*\n+/, '');
  return `## What is new\n\n${notes.trim()}\n\n## Which file\n\n${text.trim()}\n`;
}
