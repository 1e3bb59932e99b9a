import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, RequestHandler } from "express";
import multer, { type StorageEngine } from "multer";
import { DomainError } from "#lib/errors.ts";
import { clearDiskError } from "#platform/storage.ts";
import { refuseJunk } from "#web/input.ts";

/** A file of a form, in a temporary file that is removed after the answer unless moved away. */
export interface ReceivedFile {
  path: string;
  bytes: number;
  /** Larger than allowed: cut off, so only good for saying so beside the form's other fields. */
  tooLarge: boolean;
}

/** What the form sent in its file field, null when that was left empty. */
export const receivedFile = (req: Request): ReceivedFile | null => {
  const file = req.file as (Express.Multer.File & Partial<ReceivedFile>) | undefined;
  if (!file?.path || file.bytes === undefined) return null;
  return {
    path: file.path,
    bytes: file.bytes,
    tooLarge: file.tooLarge === true,
  };
};

/**
 * Reads a multipart form with one file. A file over the limit does not fail the form: the rest
 * is read past it, so that what was typed can be shown again, up to four times the limit.
 */
export function receiveFile(
  field: string,
  { folder, maxBytes }: { folder: string; maxBytes: number },
): RequestHandler[] {
  const upload = multer({
    storage: countingStorage(folder, maxBytes),
    limits: {
      fileSize: maxBytes * 4,
      files: 1,
      fields: 20,
      parts: 25,
      fieldSize: 100_000,
      fieldNameSize: 100,
    },
  }).single(field);
  return [
    (req, res, next) => {
      res.once("close", () => {
        if (req.file?.path) void removeQuietly(req.file.path);
      });
      upload(req, res, (error: unknown) => next(asHttpError(error)));
    },
    refuseJunk,
  ];
}

/** What a failing disk leaves is swept an hour later. */
const removeQuietly = (path: string) => rm(path, { force: true }).catch(() => {});

function countingStorage(folder: string, maxBytes: number): StorageEngine {
  return {
    _handleFile(_req, file, callback) {
      const path = join(folder, `upload-${randomUUID()}`);
      let bytes = 0;
      const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          bytes += chunk.length;
          done(null, bytes > maxBytes ? undefined : chunk);
        },
      });
      const write = createWriteStream(path, { flags: "wx", mode: 0o600 });
      pipeline(file.stream, counter, write).then(
        () =>
          callback(null, {
            path,
            bytes,
            tooLarge: bytes > maxBytes,
          } as Partial<Express.Multer.File>),
        (error) => {
          void removeQuietly(path).then(() => callback(clearDiskError(error)));
        },
      );
    },
    _removeFile(_req, file, callback) {
      void removeQuietly(file.path).then(() => callback(null));
    },
  };
}

/** Multer's errors carry no status; all but a file's size mean that no form of ours sent this. */
function asHttpError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DomainError) return error;
  if ((error as { code?: string }).code?.startsWith("E")) return error;
  const isSize = /^LIMIT_(FILE_SIZE|FIELD_VALUE)$/.test((error as { code?: string }).code ?? "");
  const status = isSize ? 413 : 400;
  return Object.assign(error, { status });
}
