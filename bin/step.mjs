/** Runs a step and prints its title and duration. A step that returns false had nothing to do. */
export async function step(title, work) {
  const begin = performance.now();
  const done = await work();
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`  ${title.padEnd(28)} ${done === false ? "nothing to do" : `${seconds} s`}`);
}
