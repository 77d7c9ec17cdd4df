import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** Fields that belong together, under one name. */
export function Group({
  name,
  note,
  hint,
  error,
  end,
  children,
}: {
  name: string;
  note: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** At the right of the name. */
  end?: ReactNode;
  children: ReactNode;
}) {
  return (
    <fieldset className="min-w-0">
      <legend className="float-left mb-1.5 flex w-full items-center gap-1.5">
        <span className="font-strong">{name}</span>
        <span className="flex-1 text-12 text-fg-3">{note}</span>
        {end}
      </legend>
      <div className="clear-both flex flex-col gap-3 border-l-2 pl-3.5">
        {hint && <p className="text-12 text-fg-3">{hint}</p>}
        {children}
        {error && (
          <p role="alert" className="flex items-start gap-1.5 text-12 text-failed">
            <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden="true" />
            {error}
          </p>
        )}
      </div>
    </fieldset>
  );
}
