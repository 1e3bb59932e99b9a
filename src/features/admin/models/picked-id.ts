import { z } from "zod";

/** The id of a row that was picked. @param sentence for none */
export const pickedId = (sentence: string) =>
  z
    .string(sentence)
    .regex(/^[1-9]\d{0,9}$/, sentence)
    .transform(Number);
