import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { DriverModel } from '../../server/src/analysis';
import type { CModule, FunctionDecl } from '../../server/src/c';
import type { CorpusDriver } from '../corpus/drivers';
import { compile, type Program } from './compile';

/** The reason when there is no compiler; in CI that throws. */
export function gccMissing(): string | null {
  if (spawnSync('gcc', ['--version']).status === 0) return null;
  if (process.env['CI']) throw new Error('no gcc');
  return 'no gcc';
}

/** The step functions of a real driver as a program. */
export function programOf(module: CModule, model: DriverModel, { truth }: CorpusDriver): Promise<Program> {
  assert.ok(model.getState, 'no migration_get_state');
  const kept = new Set([truth.setState, truth.step.name]);
  return compile(module, declOf(module, model.setState.name), declOf(module, model.getState.name), kept);
}

function declOf(module: CModule, name: string): FunctionDecl {
  const decl = module.files.flatMap((file) => file.functions).find((each) => each.name === name);
  assert.ok(decl, `no ${name}()`);
  return decl;
}
