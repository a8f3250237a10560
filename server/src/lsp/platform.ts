import type { ScanFileSystem } from '../check';

/** What the server needs of the place it runs in; each entry point brings its own. */
export interface Platform {
  readonly fs: ScanFileSystem;
  /** The bytes of web-tree-sitter.wasm and tree-sitter-c.wasm. Rejects when they can not be had. */
  loadParser(): Promise<{ readonly runtime: Uint8Array; readonly grammar: Uint8Array }>;
  /** Milliseconds from any fixed point in time. */
  now(): number;
  /** Resolves when waiting input has had its turn. */
  pause(): Promise<void>;
  /** Resolves after that many milliseconds; must not keep the process alive. */
  delay(milliseconds: number): Promise<void>;
}
