const AT_ONCE = 8;

/** Works through a list, several at once. */
export async function inParallel<T>(of: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...of];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
    }),
  );
}
