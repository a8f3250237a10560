/** The language server: one session per connection, on an injected platform. */
export type { Checked, Engine } from './engine';
export { createEngine } from './engine';
export type { Platform } from './platform';
export { startServer } from './server';
export type { EngineFactory } from './session';
export { StrictReader } from './strictReader';
