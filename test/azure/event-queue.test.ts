import { expect, test } from "vitest";
import { EventQueue } from "../../src/core/event-queue.ts";

test("a reader that lags pauses the producer once, and lets it go on when it has caught up", async () => {
  const told: string[] = [];
  const queue = new EventQueue<number>({ onFull: () => told.push("full"), onDrained: () => told.push("drained") });
  for (let i = 0; i < 300; i++) queue.push(i);
  expect(told).toEqual(["full"]);
  for (let i = 0; i < 267; i++) expect(await queue.next()).toEqual({ value: i, done: false });
  expect(told).toEqual(["full"]);
  await queue.next();
  expect(told).toEqual(["full", "drained"]);
});

test("what was pushed comes before the error, which comes once", async () => {
  const queue = new EventQueue<string>();
  queue.push("a");
  queue.fail(new Error("broke off"));
  queue.push("too late");
  expect(await queue.next()).toEqual({ value: "a", done: false });
  await expect(queue.next()).rejects.toThrow("broke off");
  expect((await queue.next()).done).toBe(true);
});

test("who leaves while waiting for an event waits no longer, and the producer is stopped", async () => {
  let stops = 0;
  const queue = new EventQueue<string>({ start: () => {}, stop: () => stops++ });
  const waiting = queue.next();
  await queue.return();
  expect([await waiting, stops]).toEqual([{ value: undefined, done: true }, 1]);
});
