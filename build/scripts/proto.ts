import { generateProtocol, refreshBaseline, whyNoBuf } from './support/tunnel-protocol.ts';

/** `proto` writes the tunnel's generated code; `proto baseline` makes today's protocol the one to keep. */
const missing = await whyNoBuf();
if (missing !== undefined) {
  console.error(missing);
  process.exit(1);
}
const wanted = process.argv[2] === 'baseline' ? refreshBaseline : generateProtocol;
const { code, output } = await wanted();
if (output !== '') console.log(output.trimEnd());
process.exitCode = code;
