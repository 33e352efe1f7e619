import { defineConfig } from "prisma/config";

// Only `prisma generate` reads this. Migrations run through `npm run migrate`, which needs no downloaded engine.
export default defineConfig({
  schema: "prisma/models",
  migrations: { path: "prisma/migrations" },
});
