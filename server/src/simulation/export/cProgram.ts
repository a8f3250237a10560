import { dataPart } from './c/data';
import { devicePart } from './c/device';
import { writeStatements } from './c/loops';
import { commentText, stringLiteral } from './c/quote';
import { reportPart } from './c/report';
import { bodyOf } from './c/statements';
import { mainPart, testsPart } from './c/tests';
import type { Told } from './told';
import { endingOf, line, settingOf } from './told';
import { wrapped } from './wrap';

/**
 * The run as a C program that makes the same calls on a real device and compares each answer. Builds with gcc and the kernel's
 * uapi headers, also those of Linux 6.1, without warnings.
 */
export function traceCProgram(told: Told): string {
  const { statements, slots, streams } = bodyOf(told);
  const plan = statements.reduce((sum, { tests }) => sum + tests, 0);
  const devices = told.devices.map(
    ({ name }) => `\t{ .name = ${stringLiteral(line(name))}, .fd = CLOSED, .group = -1 },`,
  );
  return [
    ...headComment(told),
    reportPart + devicePart + dataPart,
    `#define DEVICES ${told.devices.length}`,
    `#define SLOTS ${slots}`,
    `#define PLAN ${plan}u`,
    '',
    'static struct device devices[DEVICES] = {',
    ...devices,
    '};',
    'static struct slot slots[SLOTS];',
    `static struct stream streams[${streams}];`,
    testsPart,
    '/* What was simulated, call by call. Steps have the numbers that they have in the log of the run. */',
    'static void run(void)',
    '{',
    '\t(void)streams;',
    ...writeStatements(statements),
    '}',
    mainPart,
  ].join('\n');
}

function headComment(told: Told): readonly string[] {
  const ending = told.verdict === null ? [] : ['', 'In the simulation it ended so:', ...endingOf(told.verdict)];
  const texts = [
    told.title,
    '',
    ...settingOf(told).map(([name, value]) => `${name}: ${value}`),
    ...ending,
    '',
    'Makes the calls of a simulated run on real VFIO devices and compares what they answer: errno, state, whether there is a data fd, how streams end. How many bytes there are is up to the device. What only the simulated world did (guests that dirty state, faults, DMA) is in comments, and what follows from it is skipped.',
    '',
    'Build: gcc -Wall -Wextra -std=gnu11 -o replay THIS_FILE.c    Use: ./replay --help',
    'Written by vfio-arcs.',
  ];
  return [
    '/*',
    ...texts.flatMap((text) => wrapped(commentText(text), 100)).map((text) => ` * ${text}`.trimEnd()),
    ' */',
  ];
}
