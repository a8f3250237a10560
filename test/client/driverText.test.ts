import assert from 'node:assert/strict';
import { type FileEdit, type FileText, isDriverText, mentionsMigration } from '../../client/src/driverText';

function document(text: string, { path = '/k/main.c', languageId = 'c', scheme = 'file' } = {}): FileText {
  const lines = text.split('\n');
  const lineAt = (line: number): { text: string } => ({ text: lines[line] ?? '' });
  return { uri: { scheme, path }, languageId, lineCount: lines.length, getText: () => text, lineAt };
}

/** The text after an edit that put `inserted` at the start of a line. */
function edit(text: string, line: number, inserted: string): FileEdit {
  return { document: document(text), contentChanges: [{ range: { start: { line } }, text: inserted }] };
}

describe('which files start the server', () => {
  it('C that names a part of the protocol', () => {
    for (const text of [
      'case VFIO_DEVICE_STATE_STOP:',
      'flags = VFIO_MIGRATION_P2P;',
      'struct vfio_migration_ops ops;',
      '.migration_set_state = f,',
    ]) {
      assert.equal(isDriverText(document(text)), true, text);
    }
  });

  it('not C that has nothing to do with it', () => {
    for (const text of ['', 'int main(void) { return 0; }', '#include <linux/vfio.h>', 'int my_migration_flags_x;']) {
      assert.equal(isDriverText(document(text)), false, text);
    }
  });

  it('headers, which VS Code takes for C++, but not C++', () => {
    const text = 'enum { A = VFIO_DEVICE_STATE_STOP };';
    assert.equal(isDriverText(document(text, { path: '/k/x.h', languageId: 'cpp' })), true);
    assert.equal(isDriverText(document(text, { path: '/k/x.cc', languageId: 'cpp' })), false);
    assert.equal(isDriverText(document(text, { scheme: 'git' })), false);
  });

  it('an edit that completes such a name, character by character or pasted', () => {
    assert.equal(mentionsMigration(edit('int x;\nvfio_migration_ops', 1, 's')), true);
    assert.equal(mentionsMigration(edit('int x;\nvfio_migration_op', 1, 'p')), false);
    assert.equal(mentionsMigration(edit('a\nb\nVFIO_DEVICE_STATE_STOP\n', 0, 'a\nb\nVFIO_DEVICE_STATE_STOP\n')), true);
    assert.equal(
      mentionsMigration(edit('VFIO_DEVICE_STATE_STOP\nint x;', 1, 'x')),
      false,
      'only changed lines are read',
    );
  });
});
