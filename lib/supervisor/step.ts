/** Runs a step, prints its title and duration, and returns its result. A step that returns false had nothing to do. */
export async function step<T>(title: string, work: () => Promise<T> | T): Promise<T> {
  const begin = performance.now();
  const result = await work();
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`  ${title.padEnd(28)} ${result === false ? "nothing to do" : `${seconds} s`}`);
  return result;
}
