import type { ExportFormat, Trace } from '../../wire';

const endings: Readonly<Record<ExportFormat, string>> = {
  json: 'vfio-trace.json',
  text: 'txt',
  mermaid: 'mmd',
  plantuml: 'puml',
  c: 'c',
};

/** A file name for an export, from the title: "live-migration-with-pre-copy-mlx5.mmd". Letters, digits, hyphens, no folder. */
export function exportName({ title }: Pick<Trace, 'title'>, format: ExportFormat): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words.join('-').slice(0, 60).replace(/-$/, '');
  return `${name === '' ? 'trace' : name}.${endings[format]}`;
}
