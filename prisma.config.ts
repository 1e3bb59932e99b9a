import { defineConfig } from "prisma/config";

// Only `prisma generate`, and `prisma migrate deploy` on a connected machine, read this file.
export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "" },
});
