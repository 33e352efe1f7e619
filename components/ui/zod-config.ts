import { config } from "zod";

// To check faster, zod tries whether it may compile code. The policy of the pages forbids that, and browsers report it.
// What loads a schema loads this first: zod makes its choice when a schema is made.
config({ jitless: true });
