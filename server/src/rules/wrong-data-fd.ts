import type { ReturnedFile } from '../analysis/model';
import type { Contract } from '../uapi';
import { arcText, contractOf } from '../uapi';
import { exampleDriver } from './example';
import { arcKey, finding, isHandled, placeOf, successesOf, unknownsOf } from './finding';
import type { Rule } from './rule';

/** The data fd that an arc returns is not the one that its contract asks for. */
export const wrongDataFd: Rule = {
  id: 'wrong-data-fd',
  severity: 'error',
  summary: 'an arc returns a file where NULL is due, or NULL where a file is due',
  docs: {
    whatItFinds:
      'A required arc of which no success returns what the arc has to: a new file for STOP -> STOP_COPY, RUNNING -> PRE_COPY, RUNNING_P2P -> PRE_COPY_P2P and STOP -> RESUMING, NULL for all others.',
    whyItMatters:
      'NULL where a file is due leaves user space without data_fd, so nothing can be saved or restored. A file where none is due is installed as a second descriptor of a session that goes on; in the middle of a combination transition it is lost.',
    example: exampleDriver({
      saving: `	if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY) {
		demo_prepare(demo);
		return NULL;
	}
`,
    }),
    fixed: exampleDriver(),
    knownMisses: 'Arcs of which some successes are right and others can not be ruled out.',
    references: [
      'include/uapi/linux/vfio.h, enum vfio_device_mig_state, STOP -> STOP_COPY: "These arcs begin the process of saving the device state and will return a new data_fd"',
      'include/uapi/linux/vfio.h, enum vfio_device_mig_state, STOP -> RESUMING: "return a new data_fd"',
      'include/linux/vfio.h, struct vfio_migration_ops, migration_set_state',
    ],
  },
  check(context) {
    const { driver } = context;
    return driver.arcs.flatMap((arc) => {
      const successes = successesOf(arc.outcomes);
      const contract = contractOf(arc);
      const first = successes[0];
      const proven = isHandled(arc) && arc.required && unknownsOf(arc.outcomes).length === 0;
      if (!proven || first === undefined || successes.some(({ file }) => fits(file, contract))) {
        return [];
      }
      return finding(wrongDataFd, {
        message: `${arcText(arc)} returns ${fileText(first.file)}, but ${dueText(contract)}`,
        location: first.at,
        key: arcKey(arc),
        related: [{ message: `${arcText(arc)} is handled here`, location: placeOf(context, arc) }],
      });
    });
  },
};

function fits(file: ReturnedFile, contract: Contract): boolean {
  return file === 'unknown-file' || file === (contract === 'none' ? 'null' : 'new-file');
}

function fileText(file: ReturnedFile): string {
  switch (file) {
    case 'null':
      return 'NULL';
    case 'new-file':
      return 'a new file';
    case 'session-file':
      return 'the file of the session that was open before';
    case 'unknown-file':
      return 'a file';
  }
}

function dueText(contract: Contract): string {
  switch (contract) {
    case 'new-read-fd':
      return 'a new data fd to read from is due: without it user space has nothing to save the device from.';
    case 'new-write-fd':
      return 'a new data fd to write to is due: without it user space has nothing to restore the device through.';
    case 'none':
      return 'NULL is due: no new session starts, and in a combination transition only the last arc may bring a file.';
  }
}
