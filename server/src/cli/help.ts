import { profileIds } from '../uapi';
import { arcsFormats } from './arcs';
import { checkFormats, severities } from './check';
import { traceFormats } from './simulate';

const exitCodeText = `Exit codes: 0 nothing found, 1 findings, 2 wrong command line or something could not be read.`;

const help = {
  check: `vfio-arcs check [PATH...] [options]

Reports what is wrong with VFIO migration drivers. PATH is a source file, a folder or a whole kernel
tree; without one, the current folder. For a file, the module that it is compiled into is checked.

  --format FORMAT         ${checkFormats.join(', ')}; default text
  --min-severity LEVEL    ${severities.join(', ')}; default hint: everything
  --rule ID               only this rule; may be given several times
  --diff                  show as a diff how findings can be mended; nothing is written
  --fix                   mend them in the files that PATH names, and report the rest
  --profile ID            kernel generation (${profileIds.join(', ')}); default: that of
                          the kernel tree the file is in, else the newest

${exitCodeText}
What is not shown, for --min-severity or --rule, does not count.
To allow a finding: /* vfio-arcs: allow <id> -- reason */ on the line, on the line above or above the function.
`,
  arcs: `vfio-arcs arcs PATH... [options]

Prints what each driver does for every pair of migration states: what it returns, what is missing,
what only holds under a condition, what is never asked for.

  --format FORMAT         ${arcsFormats.join(', ')}; default text
  --profile ID            kernel generation (${profileIds.join(', ')})

Exit codes: 0, or 2 for a wrong command line or something that could not be read.
`,
  explain: `vfio-arcs explain [NAME]

Documentation of a rule (missing-arc), a state (PRE_COPY), a flag (VFIO_MIGRATION_P2P), an arc
("STOP -> RESUMING", RUNNING:PRE_COPY), an op, ioctl, struct or field of the VFIO migration uAPI.
Without a name, the list of rules.
`,
  dump: `vfio-arcs dump ir|cfg|trace PATH [options]

Shows what the analysis works on, for reports about the analysis itself.

  ir                      functions as the analysis sees them
  cfg                     their control flow as a Graphviz graph
  trace                   for each pair of states: conditions, calls, values and result, with lines

  --function NAME         only this function (ir, cfg)
  --arc FROM TO           only this pair of states (trace)
  --all                   every way in full, not only the one that decides (trace)
  --profile ID            kernel generation (${profileIds.join(', ')})
`,
  replay: `vfio-arcs replay TRACE.json...

Runs system calls that were recorded on a real kernel on the simulated device and compares every result.
A trace is one of the mtty sample driver: a transition matrix, stream scenarios, injected faults or
feature calls; its flags, kernel release and number of ports are taken from it.

Exit codes: 0 all results agree, 1 some differ (the first are shown), 2 a trace could not be read.
`,
  simulate: `vfio-arcs simulate [PATH] [options]

Runs a migration scenario on a simulated device: on the machine that PATH's driver is, or on the one that
the protocol asks for. Prints what VMM, core, driver and device do, with the driver's lines, and the verdict.

  --scenario NAME         default precopy; "vfio-arcs scenarios" lists them. FILE.json: one of your own, or the
                          events of a saved trace
  --import FILE           in place of a scenario, what a file tells: a saved trace (--format json), a log of
                          QEMU's -trace "vfio_*", samples of debugfs' migration/state. Without PATH and
                          --reference a trace runs on its own machines
  --set NAME=VALUE        a parameter: --set dirtyRate=1GB/s --set downtimeLimit=100ms; several times
  --fault FROM:TO[@LINE]  the arc fails once: at this line of the driver, else with -EIO; several times
  --against OTHER         compare with the same on another driver's path or on the "reference", or with a
                          saved trace (FILE.json)
  --seed N                for scenarios that leave something to chance
  --format FORMAT         ${traceFormats.join(', ')}; default text
  --driver OPS            which driver, where PATH has several
  --flags FLAGS           which of the driver's flag sets; default the richest
  --reference FLAGS       no driver: the protocol with these flags, such as "STOP_COPY|P2P"
  --profile ID            kernel generation (${profileIds.join(', ')})

Exit codes: 0 the scenario ended as it should; 1 it failed or did not converge, a step of a file did not
end as the file says, or --against found differences; 2 wrong command line or something could not be read.
`,
  scenarios: `vfio-arcs scenarios [NAME...]

Lists the scenarios of "vfio-arcs simulate"; with a name, its parameters and their defaults.
`,
  skeleton: `vfio-arcs skeleton --flags FLAGS --name NAME [options]

Prints a new driver that handles exactly the arcs which its flags require: migration ops, set_state, step
function, data files, pre-copy ioctl, reset. What only the hardware's author can write is marked.

  --flags FLAGS           such as "STOP_COPY|P2P|PRE_COPY"
  --name NAME             what all names of the driver begin with
  --part                  the migration alone, for a driver that has ops, probe and module already
  --profile ID            kernel generation (${profileIds.join(', ')}); default: that of
                          the kernel tree that the current folder is in, else the newest
`,
  lsp: `vfio-arcs lsp --stdio

The language server, on standard input and output.
`,
} as const;

export const helpTopics: readonly string[] = Object.keys(help);

/** What `--help` of a command prints; null when there is no such command. */
export function commandHelp(command: string): string | null {
  const entry = Object.entries(help).find(([name]) => name === command);
  return entry === undefined ? null : entry[1];
}

/** What `--help` prints. */
export function overview(): string {
  return `vfio-arcs: checks the state machine of VFIO live migration drivers

  vfio-arcs check [PATH...]            what is wrong with the drivers
  vfio-arcs arcs PATH...               the table of arcs of each driver
  vfio-arcs explain [NAME]             what a rule, state, flag, arc or ioctl means
  vfio-arcs dump ir|cfg|trace PATH     what the analysis works on
  vfio-arcs simulate [PATH]            a migration of the simulated device, run by the driver's own machine
  vfio-arcs scenarios [NAME...]        what can be simulated
  vfio-arcs replay TRACE.json...       a recorded trace on the simulated device
  vfio-arcs skeleton --flags F --name N  a new driver for these flags
  vfio-arcs lsp --stdio                the language server

  --help after a command tells its options, --version the version.

${exitCodeText}
`;
}
