import { createContext, useContext } from "react";
import type { Json } from "@/api/exactJson";
import type { Path } from "./pointer";

/** What every field of a form needs from it. */
export interface FormContext {
  change: (path: Path, value: Json | undefined) => void;
  /** What is wrong at a place, when it is time to say so. */
  errorAt: (path: Path) => string | undefined;
  /** The person has been at a place and left it. */
  leave: (path: Path) => void;
  /** What is typed at a place is no JSON value (yet), and what it is where the value does not have it; null takes that back. */
  setBroken: (path: Path, message: string | null, text?: string) => void;
  /** What was typed there that is no JSON value. */
  brokenText: (path: Path) => string | undefined;
}

const Context = createContext<FormContext | null>(null);
export const FormProvider = Context.Provider;

export function useForm(): FormContext {
  const form = useContext(Context);
  if (!form) throw new Error("A schema field stands outside of a SchemaForm.");
  return form;
}
