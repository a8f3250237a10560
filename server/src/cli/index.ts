/** The command line, to be called with the process's arguments and streams. */
export { nodeFileSystem } from './files';
export { main } from './main';
export type { Output, Platform } from './platform';
export { exitCodes } from './platform';
