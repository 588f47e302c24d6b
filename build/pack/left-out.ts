/** Parts of packages that nothing reads at run time: types, maps, prose, tests, other builds of the same code. */
const useless: readonly RegExp[] = [
  /\.(map|md|markdown|tsbuildinfo|flow)$/i,
  /\.d\.[cm]?ts$/i,
  /\.(cc|cpp|h|hpp|gyp|gypi)$/i,
  /^(test|tests|__tests__|docs|example|examples|\.github)\//,
  /(^|\/)(\.npmignore|\.eslintrc[^/]*|\.prettierrc[^/]*|\.editorconfig|\.travis\.yml|Makefile)$/,
];

/** Large parts of single packages, by the package's name. */
const uselessOf: Readonly<Record<string, readonly RegExp[]>> = {
  // The sources that it could be compiled from: whoever compiles works from a checkout.
  'node-llama-cpp': [
    /^llama\/(?!binariesGithubRelease\.json|llama\.cpp\.info\.json|package\.json)/,
    /^templates\//,
  ],
  zod: [/^src\//],
  // The window's builds of pdf.js; the program reads the legacy one, which runs in Node.
  'pdfjs-dist': [
    /^build\//,
    /^web\//,
    /^types\//,
    /^image_decoders\//,
    /^legacy\/(web|image_decoders)\//,
    /^legacy\/build\/.*(\.min\.mjs|sandbox\.mjs)$/,
  ],
};

const license = /(^|\/)(licen[cs]e|notice|copying)[^/]*$/i;

/** Whether a file of an installed package stays out of ours. Licences always come along. */
export function isLeftOut(packageName: string, path: string): boolean {
  if (license.test(path)) return false;
  return [...useless, ...(uselessOf[packageName] ?? [])].some((pattern) => pattern.test(path));
}
