/** The facade over front end, analysis and rules: which files belong together, what is to say about them, and where. */
export { checkModule, defaultConfig, ruleInfos } from './check';
export type { Choice } from './choice';
export { searchMends } from './choice';
export type { Coverage } from './coverage';
export { alwaysMissing, coverageOf } from './coverage';
export { treeRootOf } from './includes';
export type { MendedText } from './mendAll';
export { mendAll } from './mendAll';
export type { CheckedText, DriverId, Mending, Recheck, Search } from './mending';
export {
  driverIdOf,
  driverIn,
  finish,
  mend,
  mendableRules,
  writeArc,
} from './mending';
export type { Mendable } from './mendTogether';
export { beside, searchMendTogether } from './mendTogether';
export type { FindOptions, ModuleFiles } from './modules';
export { findModules, modulesOfFolder, readModule } from './modules';
export { folderOf, isBelow, joinPath, nameOf } from './paths';
export type { Position } from './positions';
export { LineIndex, linesOf } from './positions';
export type { HeaderProfile } from './profile';
export { deviceOpsFor, profileFor, profileFromHeader } from './profile';
export type { CheckConfig, DriverReport, FileSystem, ModuleSource, Report, SourceFile } from './report';
export type { RuleSection } from './ruleDocs';
export { ruleMarkdown, ruleSections } from './ruleDocs';
export type { ScanFileSystem, ScanOptions } from './scan';
export { migrationMarks, scanModules } from './scan';
export type { RuleInfo } from './suppressionRules';
export { isAllowable } from './suppressionRules';
export type { Insertion } from './suppressionText';
export { reasonFault, suppressionAt } from './suppressionText';
export { changesBetween, edited, editsBetween } from './textEdits';
