import type { WriteStream } from 'node:tty';
import type { Output } from '../../cli';
import { exitCodes } from '../../cli';

/** What shells say of a process that SIGPIPE ended: neither "clean" nor "findings" is known to have been read. */
const readerGone = 141;

/**
 * A stream of the process for the command line. A reader that goes away early (`| head`) ends the process quietly, output
 * that can not be written (a full disk) with a message.
 */
export function standardOutput(stream: WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(readerGone);
    if (stream !== process.stderr) process.stderr.write(`vfio-arcs: output can not be written: ${error.message}\n`);
    process.exit(exitCodes.trouble);
  });
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      // A terminal that does not know its size says 0.
      return stream.columns || 80;
    },
  };
}
