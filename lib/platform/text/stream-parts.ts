/** A text as a stream. Reads the next part when the receiver has taken the one before. A receiver that leaves ends it. */
export function streamParts(parts: AsyncGenerator<string, void, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let part = await parts.next();
        // A part may be empty, when no row of it fitted a filter.
        while (part.value === "") part = await parts.next();
        if (part.done) controller.close();
        else controller.enqueue(encoder.encode(part.value));
      },
      async cancel() {
        await parts.return();
      },
    },
    { highWaterMark: 1 },
  );
}
