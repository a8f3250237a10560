import { main } from '../../cli';
import { loadParser, productVersion } from './platform';
import { serve, standardStreams } from './serve';
import { standardOutput } from './streams';

/** The command line as a program: dist/cli.js. */
async function run(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), {
    stdout: standardOutput(process.stdout),
    stderr: standardOutput(process.stderr),
    cwd: process.cwd(),
    env: process.env,
    version: productVersion(),
    loadParser,
    startServer: () => serve(standardStreams()),
  });
}

run().catch((error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`vfio-arcs: internal error, please report it:\n${text}\n`);
  process.exitCode = 2;
});
