/** A number of things in one of two translated forms: "1 driver", "2 drivers". */
export function count(number: number, one: string, several: string): string {
  return (number === 1 ? one : several).replace('{0}', String(number));
}
