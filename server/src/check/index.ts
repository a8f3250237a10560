/** The facade over front end, analysis and rules: which files belong together, what is to say about them, and where. */
export { checkModule, defaultConfig } from './check';
export type { FindOptions } from './modules';
export { findModules } from './modules';
export type { HeaderProfile } from './profile';
export { profileFor, profileFromHeader } from './profile';
export type { Position } from './positions';
export { LineIndex, linesOf } from './positions';
export type { CheckConfig, DriverReport, FileSystem, ModuleSource, Report, SourceFile } from './report';
