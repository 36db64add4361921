// The same request as a peer answers it: Hono, Clerk's verifyToken, better-sqlite3, each as its
// documentation says.
import { verifyToken } from "@clerk/backend";
import { serve } from "@hono/node-server";
import Database from "better-sqlite3";
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";

const database = new Database(process.env.DATABASE_FILE, { readonly: true });
const find = database.prepare(
  `SELECT id, clerk_id AS clerkId, email, name, created_at AS createdAt, updated_at AS updatedAt
   FROM users WHERE clerk_id = ?`,
);

const authenticate = createMiddleware(async (c, next) => {
  const token = c.req.header("Authorization")?.replace(/^Bearer /, "");
  try {
    const claims = await verifyToken(token, {
      jwtKey: process.env.CLERK_JWT_KEY,
      authorizedParties: [process.env.CLERK_AUTHORIZED_PARTIES],
    });
    c.set("clerkId", claims.sub);
  } catch {
    return c.json({ title: "Unauthorized" }, 401);
  }
  await next();
});

const app = new Hono();
app.get("/readyz", (c) => c.text("ready"));
app.get("/api/users/me", authenticate, (c) => {
  const user = find.get(c.get("clerkId"));
  return user ? c.json(user) : c.json({ title: "Not Found" }, 404);
});

const [hostname, port] = process.env.LISTEN_ADDR.split(":");
serve({ fetch: app.fetch, hostname, port: Number(port) });
