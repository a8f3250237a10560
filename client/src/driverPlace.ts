/** Where a driver is, as the editor knows it. */
export interface DriverPlace {
  readonly name: string;
  /** The workspace folder that it is in, by its title; null where there is only one, and outside of them. */
  readonly root: string | null;
  /** The driver's folder as seen from there, else its whole path; slashes between the parts. */
  readonly folder: string;
}

/**
 * What tells each driver from others of its name, as VS Code's labels of editors do: the title of its folder of the workspace
 * where there are several, and as much of its path as no other has, if there is another. `''` where the name is enough.
 */
export function driverLabels(places: readonly DriverPlace[]): readonly string[] {
  return places.map((place) => {
    const alike = places.filter((other) => other !== place && other.name === place.name && other.root === place.root);
    const part =
      alike.length === 0
        ? ''
        : distinguishingPart(
            place.folder,
            alike.map(({ folder }) => folder),
          );
    return [place.root ?? '', part].filter((each) => each !== '').join(' • ');
  });
}

/** The shortest run of a path's folders that no other path has, the last of those; the whole path when each is in another. */
function distinguishingPart(path: string, others: readonly string[]): string {
  if (path === '') return './';
  const names = path.split('/');
  for (let length = 1; length < names.length; length++) {
    for (let start = names.length - length; start >= 0; start--) {
      const run = names.slice(start, start + length).join('/');
      if (run === '' || others.some((other) => `/${other}/`.includes(`/${run}/`))) continue;
      return `${start === 0 ? '' : '…/'}${run}${start + length === names.length ? '' : '/…'}`;
    }
  }
  return path;
}
