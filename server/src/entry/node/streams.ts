import type { WriteStream } from 'node:tty';
import type { Output } from '../../cli';

/** A stream of the process for the command line. A reader that goes away early (`| head`) ends the process quietly. */
export function standardOutput(stream: WriteStream): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}
